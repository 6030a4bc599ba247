use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;

use crate::engine::begin::Begin;
use crate::engine::connection::{Connection, transaction};
use crate::engine::database::Database;
use crate::engine::leases;
use crate::engine::writer::Writer;
use crate::{Channels, StoreError, StoreUrl};

/// A handle to the database; cheap to clone, safe to share between threads.
#[derive(Clone)]
pub struct Store {
    pool: r2d2::Pool<Database>,
    pub(crate) writer: Writer,
    pub(crate) database: Database,
    pub(crate) channels: Arc<Channels>,
    /// The newest moment at which the clock was believed, as far as this process has heard; 0: it has not.
    pub(crate) earliest: Arc<AtomicI64>,
}

impl Store {
    /// Opens a database that has this version's schema. Makes none, and changes none.
    pub fn open(url: &StoreUrl) -> Result<Self, StoreError> {
        Self::of(Database::open(url)?)
    }

    /// Opens the database, makes it where there is none, and brings its schema up to date: for `serve`, and for those who say so.
    pub fn prepare(url: &StoreUrl) -> Result<Self, StoreError> {
        Self::of(Database::prepare(url)?)
    }

    fn of(database: Database) -> Result<Self, StoreError> {
        Ok(Self {
            pool: database.pool()?,
            writer: Writer::start(database.clone()),
            database,
            channels: Arc::default(),
            earliest: Arc::default(),
        })
    }

    /// The same store, which writes down whom to tell of what happens in it.
    #[must_use]
    pub fn with_channels(self, channels: Channels) -> Self {
        Self { channels: Arc::new(channels), ..self }
    }

    /// Whether comments can be stored: by storing something, unless that was tried a moment ago.
    ///
    /// In the same way as a comment: a session that takes no writes, a full disk and a thread that has ended are noticed.
    pub fn ping(&self) -> Result<(), StoreError> {
        self.database.check()?;
        if self.writer.has_ended() {
            return Err(StoreError::Unavailable("the thread that writes has ended; restart the service".to_owned()));
        }
        self.writer.try_out(leases::write_a_row)?;
        self.ask(|connection| Ok(diesel::sql_query("SELECT 1 FROM articles LIMIT 1").execute(connection).map(drop)?))
    }

    /// After something was to be forgotten: `SQLite` writes to its log first, which holds it until it is begun anew. Where others are in
    /// the way, they do it later.
    pub(crate) fn settle(&self) -> Result<(), StoreError> {
        self.with(|connection| match connection {
            Connection::Sqlite(connection) => Ok(connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?),
            Connection::Postgres(_) => Ok(()),
        })
    }

    /// Several queries that see one state of the database.
    pub(crate) fn read<T>(&self, queries: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.transact(Begin::Read, queries)
    }

    /// One query, which sees one state of the database anyway. On PostgreSQL it has a transaction too: the limits on waiting, and a
    /// pooler's session, last for one.
    pub(crate) fn ask<T>(&self, query: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        match &self.database {
            Database::Sqlite(_) => self.with(query),
            Database::Postgres(_) => self.read(query),
        }
    }

    /// Queries of which at least one writes. Either all take effect, flushed to disk, or none.
    pub(crate) fn write<T>(&self, queries: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.with(|connection| {
            let written = transaction(connection, Begin::Write, queries)?;
            self.database.ring(connection);
            Ok(written)
        })
    }

    pub(crate) fn transact<T>(
        &self,
        begin: Begin,
        queries: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.with(|connection| transaction(connection, begin, queries))
    }

    fn with<T>(&self, queries: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        // Dropped last: the pool asks whether the session is still good.
        let mut session = self.pool.get()?;
        let outcome = queries(&mut session.connection);
        self.database.heed(&outcome);
        outcome
    }
}
