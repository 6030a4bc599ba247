//! Leases: rows that say which process may do what one process at a time does.
//!
//! A session-level advisory lock would be lost, or kept by nobody, behind a connection pooler that lends a session for one
//! transaction. A row and the database's clock work through any pooler.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use crate::engine::begin::Begin;
use crate::engine::connection::Connection;
use crate::engine::presence::Presence;
use crate::engine::tokens;
use crate::engine::writer::Joined;
use crate::schema::leases;
use crate::{Store, StoreError};

/// Which lease, and how long it holds without being renewed.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    name: &'static str,
    length: Duration,
    /// The advisory lock that its holder's own session has on PostgreSQL. On SQLite there is one lease alone.
    lock: i32,
}

/// A process that hangs is replaced within this time and one poll; one that has ended, at the next poll ([`Presence`]).
pub(crate) const LEAD: Kind = Kind { name: "lead", length: Duration::from_secs(5), lock: 2 };
/// Longer, so that an idle database is seldom written to: changes of the catalogue can wait.
pub(crate) const CATALOGUE: Kind = Kind { name: "catalogue", length: Duration::from_secs(120), lock: 4 };

/// What the two databases write in different ways.
enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// A query with `{now}`, the milliseconds since 1970 by the database's clock, and numbered parameters. SQLite takes `$1` for a name, and
    /// numbers names as they come.
    fn say(&self, query: &str) -> String {
        match self {
            Self::Sqlite => query.replace('$', "?").replace("{now}", "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"),
            Self::Postgres => query.replace("{now}", "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT"),
        }
    }
}

/// A lease that this process took. A thread renews it until it is dropped, which gives it up at once.
pub(crate) struct Lease {
    store: Store,
    kind: Kind,
    holder: String,
    over: Arc<(Mutex<bool>, Condvar)>,
    renewal: Option<Joined>,
    presence: Option<Presence>,
}

impl Lease {
    /// Takes the lease, unless another holder has it and lives.
    pub(crate) fn take(store: &Store, kind: Kind) -> Result<Option<Self>, StoreError> {
        let before = store.ask(|connection| holder_of(connection, kind))?;
        // Without it, the expiry alone says when the lease is free.
        let presence = Presence::of(store, kind.lock).unwrap_or_default();
        let holder = name(presence.is_some())?;
        // A holder with a presence would have its lock, if it lived.
        let has_ended = presence.is_some() && has_presence(&before);
        let is_ours = store.transact(Begin::Lease, |connection| {
            Ok(take(connection, kind, &holder)? || has_ended && take_over(connection, kind, &before, &holder)?)
        })?;
        if !is_ours {
            return Ok(None);
        }
        let over = Arc::<(Mutex<bool>, Condvar)>::default();
        let renewal = thread::spawn({
            let (store, holder, over) = (store.clone(), holder.clone(), over.clone());
            move || keep_renewing(&store, kind, &holder, &over)
        });
        Ok(Some(Self { store: store.clone(), kind, holder, over, renewal: Some(Joined(Some(renewal))), presence }))
    }

    /// Renews the lease; fails with [`StoreError::LeaseLost`] where another holder has taken it over.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        self.store.transact(Begin::Lease, |connection| self.check_in(connection))
    }

    /// The same within a transaction that does what the lease allows: nobody takes it over before that has committed.
    pub(crate) fn check_in(&self, connection: &mut Connection) -> Result<(), StoreError> {
        if renew(connection, self.kind, &self.holder)? { Ok(()) } else { Err(StoreError::LeaseLost) }
    }
}

/// What a holder is called. The name says whether it has a presence: one that could not have it must not be taken for dead.
fn name(has_presence: bool) -> Result<String, StoreError> {
    let token = tokens::draw_token()?;
    Ok(if has_presence { format!("{PRESENT}{token}") } else { token })
}

const PRESENT: &str = "present-";

fn has_presence(holder: &str) -> bool {
    holder.starts_with(PRESENT)
}

impl Drop for Lease {
    fn drop(&mut self) {
        *self.over.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.over.1.notify_all();
        self.renewal = None;
        // Before the lease is free: the next holder has to find the lock free.
        self.presence = None;
        // If this fails, the lease expires soon.
        let _ = self.store.transact(Begin::Lease, |connection| give_up(connection, self.kind, &self.holder));
    }
}

/// Returns when the lease is given up or lost. A failure is tried again: it may be over before the lease expires.
fn keep_renewing(store: &Store, kind: Kind, holder: &str, (over, changed): &(Mutex<bool>, Condvar)) {
    loop {
        let guard = over.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(guard, kind.length / 4, |over| !*over);
        let (over, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if *over {
            return;
        }
        drop(over);
        if matches!(store.transact(Begin::Lease, |connection| renew(connection, kind, holder)), Ok(false)) {
            return;
        }
    }
}

impl Store {
    /// Whether some process leads. Changes nothing.
    pub fn has_leader(&self) -> Result<bool, StoreError> {
        self.ask(|connection| is_held(connection, LEAD))
    }
}

/// An expiry further away than any lease lasts was written by a clock that was wrong, and does not count.
fn take(connection: &mut Connection, kind: Kind, holder: &str) -> Result<bool, StoreError> {
    let query = "UPDATE leases SET holder = $1, expires_at = {now} + $2
        WHERE name = $3 AND (holder = '' OR expires_at <= {now} OR expires_at > {now} + $2)";
    execute(connection, query, kind, holder)
}

/// From a holder that has ended, whenever its lease would expire.
fn take_over(connection: &mut Connection, kind: Kind, before: &str, holder: &str) -> Result<bool, StoreError> {
    if holder_of(connection, kind)? != before {
        return Ok(false);
    }
    execute(connection, "UPDATE leases SET holder = $1, expires_at = {now} + $2 WHERE name = $3", kind, holder)
}

fn holder_of(connection: &mut Connection, kind: Kind) -> Result<String, StoreError> {
    Ok(leases::table.find(kind.name).select(leases::holder).get_result(connection)?)
}

/// Also after it has expired: as long as nobody has taken it over, it was held by nobody else.
fn renew(connection: &mut Connection, kind: Kind, holder: &str) -> Result<bool, StoreError> {
    execute(connection, "UPDATE leases SET expires_at = {now} + $2 WHERE name = $3 AND holder = $1", kind, holder)
}

fn give_up(connection: &mut Connection, kind: Kind, holder: &str) -> Result<bool, StoreError> {
    execute(connection, "UPDATE leases SET holder = '', expires_at = 0 * $2 WHERE name = $3 AND holder = $1", kind, holder)
}

/// Whether a row was changed.
fn execute(connection: &mut Connection, query: &str, kind: Kind, holder: &str) -> Result<bool, StoreError> {
    let query = |dialect: Dialect| {
        let query = diesel::sql_query(dialect.say(query)).bind::<Text, _>(holder);
        query.bind::<BigInt, _>(millis(kind)).bind::<Text, _>(kind.name)
    };
    let changed = match connection {
        Connection::Sqlite(connection) => query(Dialect::Sqlite).execute(connection)?,
        Connection::Postgres(connection) => query(Dialect::Postgres).execute(connection)?,
    };
    Ok(changed > 0)
}

#[derive(diesel::QueryableByName)]
struct Held {
    #[diesel(sql_type = Bool)]
    held: bool,
}

fn is_held(connection: &mut Connection, kind: Kind) -> Result<bool, StoreError> {
    let query = |dialect: Dialect| {
        let query = "SELECT holder <> '' AND expires_at > {now} AND expires_at <= {now} + $1 AS held FROM leases WHERE name = $2";
        diesel::sql_query(dialect.say(query)).bind::<BigInt, _>(millis(kind)).bind::<Text, _>(kind.name)
    };
    let rows: Vec<Held> = match connection {
        Connection::Sqlite(connection) => query(Dialect::Sqlite).load(connection)?,
        Connection::Postgres(connection) => query(Dialect::Postgres).load(connection)?,
    };
    Ok(rows.iter().any(|row| row.held))
}

fn millis(kind: Kind) -> i64 {
    i64::try_from(kind.length.as_millis()).unwrap_or(i64::MAX)
}

/// Writes a row and changes nothing: fails where the database takes no writes.
pub(crate) fn write_a_row(connection: &mut Connection) -> Result<(), StoreError> {
    const QUERY: &str = "UPDATE leases SET expires_at = 0 WHERE name = 'health'";
    match connection {
        Connection::Sqlite(connection) => diesel::sql_query(QUERY).execute(connection)?,
        Connection::Postgres(connection) => diesel::sql_query(QUERY).execute(connection)?,
    };
    Ok(())
}
