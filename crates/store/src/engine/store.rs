use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;

use crate::engine::connection::{Connection, TransactionMode, transaction};
use crate::engine::consumers::Consumers;
use crate::engine::database::Database;
use crate::engine::either::on_either;
use crate::engine::url::StoreUrl;
use crate::engine::writer::Writer;
use crate::error::StoreError;

/// A handle to the database. It is cheap to clone and can be shared between threads.
#[derive(Clone)]
pub struct Store {
    pool: r2d2::Pool<Database>,
    pub(crate) writer: Writer,
    pub(crate) database: Database,
    pub(crate) consumers: Arc<Consumers>,
    /// The latest confirmed time of the clock that this process knows, in milliseconds since 1970; 0 if it knows none.
    pub(crate) confirmed_time: Arc<AtomicI64>,
}

impl Store {
    /// Opens a database that has this version's schema. Creates and changes nothing.
    pub fn open(url: &StoreUrl) -> Result<Self, StoreError> {
        Self::new(Database::open(url)?)
    }

    /// Opens the database, creates it if there is none, and migrates its schema to this version's.
    pub fn prepare(url: &StoreUrl) -> Result<Self, StoreError> {
        Self::new(Database::prepare(url)?)
    }

    fn new(database: Database) -> Result<Self, StoreError> {
        Ok(Self {
            pool: database.pool()?,
            writer: Writer::start(database.clone()),
            database,
            consumers: Arc::default(),
            confirmed_time: Arc::default(),
        })
    }

    /// Returns the same store with other consumers. Without them, the store enqueues no jobs.
    #[must_use]
    pub fn with_consumers(self, consumers: Consumers) -> Self {
        Self { consumers: Arc::new(consumers), ..self }
    }

    /// Checks whether comments can be stored, by writing a row unless that succeeded a moment ago.
    ///
    /// The row is written in the same way as a comment, so that a read-only session, a full disk and an ended thread are noticed.
    pub fn ping(&self) -> Result<(), StoreError> {
        self.database.check()?;
        if self.writer.has_ended() {
            return Err(StoreError::Unavailable("the writer thread has ended; restart the service".to_owned()));
        }
        self.writer.probe(probe_write)?;
        self.read_one(|connection| Ok(diesel::sql_query("SELECT 1 FROM articles LIMIT 1").execute(connection).map(drop)?))
    }

    /// Removes deleted content from SQLite's write-ahead log, which holds it until the log is restarted. If other connections prevent that,
    /// a later checkpoint does it.
    pub(crate) fn truncate_wal(&self) -> Result<(), StoreError> {
        match &self.database {
            Database::Sqlite(_) => self.with_connection(|connection| Ok(connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?)),
            Database::Postgres(_) => Ok(()),
        }
    }

    /// Runs several queries on one snapshot of the database.
    pub(crate) fn read<T>(&self, queries: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.transact(TransactionMode::Read, queries)
    }

    /// Runs one query, which reads from one snapshot anyway. On PostgreSQL it still needs a transaction: time limits are set per
    /// transaction, and a pooler lends a session for one.
    pub(crate) fn read_one<T>(&self, query: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        match &self.database {
            Database::Sqlite(_) => self.with_connection(query),
            Database::Postgres(_) => self.read(query),
        }
    }

    /// Runs queries of which at least one writes. Either all take effect, flushed to disk, or none.
    pub(crate) fn write<T>(&self, queries: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.with_connection(|connection| {
            let value = transaction(connection, TransactionMode::Write, queries)?;
            self.database.wake_listeners(connection);
            Ok(value)
        })
    }

    /// Runs queries in a transaction of the given mode.
    pub(crate) fn transact<T>(
        &self,
        mode: TransactionMode,
        queries: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.with_connection(|connection| transaction(connection, mode, queries))
    }

    fn with_connection<T>(&self, queries: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        // Dropped after the failure was recorded: the pool checks then whether the session is still current.
        let mut session = self.pool.get()?;
        let result = queries(&mut session.connection);
        self.database.record_failure(&result);
        result
    }
}

/// Writes a row without changing anything: fails if the database accepts no writes.
fn probe_write(connection: &mut Connection) -> Result<(), StoreError> {
    const QUERY: &str = "UPDATE leases SET expires_at = 0 WHERE name = 'health'";
    on_either!(connection => diesel::sql_query(QUERY).execute(connection))?;
    Ok(())
}
