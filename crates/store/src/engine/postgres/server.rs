use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{Bool, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl};

use crate::engine::either::{EitherConnection as Connection, on_either};
use crate::engine::postgres::{LOCK_CLASS, SCHEMA_LOCK, SessionKind, open};
use crate::error::StoreError;

/// A database on a PostgreSQL server.
#[derive(Clone)]
pub(crate) struct Server {
    pub(super) url: String,
    /// The number of failures so far. Sessions that were begun before the last failure are not used again: after a failover they may lead
    /// to a server that accepts no writes, and stay there.
    failures: Arc<AtomicU64>,
}

/// A lock that ends with its session.
pub(crate) struct SessionLock {
    /// In a mutex only to be `Sync`.
    _session: Mutex<PgConnection>,
}

#[allow(clippy::unnecessary_wraps, clippy::unused_self, reason = "without_postgres.rs has the same functions, and needs both")]
impl Server {
    pub(crate) fn new(url: &str) -> Result<Self, StoreError> {
        Ok(Self { url: url.to_owned(), failures: Arc::default() })
    }

    pub(crate) fn establish(&self) -> Result<Connection, StoreError> {
        open(&self.url).map(|(connection, _)| Connection::Postgres(connection))
    }

    /// Records that a session has failed, for example after a failover: pooled sessions that are older are not used again.
    pub(crate) fn record_failure(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    /// The number of failures so far.
    pub(crate) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Takes the lock on the schema until the transaction ends.
    pub(crate) fn lock_schema(&self, connection: &mut Connection) -> Result<(), StoreError> {
        Ok(connection.batch_execute(&format!("SELECT pg_advisory_xact_lock({LOCK_CLASS}, {SCHEMA_LOCK})"))?)
    }

    /// Takes a lock in a session of its own. Returns `None` if another session has it, or if a pooler is in between.
    pub(crate) fn try_session_lock(&self, lock: i32) -> Result<Option<SessionLock>, StoreError> {
        let (mut session, kind) = open(&self.url)?;
        if kind == SessionKind::Pooled {
            return Ok(None);
        }
        let is_locked = diesel::dsl::sql::<Bool>(&format!("pg_try_advisory_lock({LOCK_CLASS}, {lock})"));
        let is_locked: bool = diesel::select(is_locked).get_result(&mut session)?;
        Ok(is_locked.then(|| SessionLock { _session: Mutex::new(session) }))
    }

    /// Returns the server's system identifier, and the database's OID, which alone is not unique across servers. The identifier is empty if this
    /// role may not read it. A copied or restored database is recognised by another location.
    pub(crate) fn location(&self, connection: &mut Connection) -> Result<String, StoreError> {
        let query = "SELECT has_function_privilege('pg_control_system()', 'EXECUTE') AS is_granted";
        let Privilege { is_granted } = on_either!(connection => diesel::sql_query(query).get_result(connection))?;
        let server = if is_granted { "(SELECT system_identifier FROM pg_control_system())::text" } else { "''" };
        let query = format!("SELECT {server} || '-' || oid::text AS location FROM pg_database WHERE datname = current_database()");
        Ok(on_either!(connection => diesel::sql_query(query).get_result::<Location>(connection))?.location)
    }
}

#[derive(QueryableByName)]
struct Privilege {
    #[diesel(sql_type = Bool)]
    is_granted: bool,
}

#[derive(QueryableByName)]
struct Location {
    #[diesel(sql_type = Text)]
    location: String,
}
