use std::sync::Arc;

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;

use crate::begin::Begin;
use crate::connection::{Connection, transaction};
use crate::database::Database;
use crate::writer::Writer;
use crate::{Channels, StoreError, StoreUrl};

/// A handle to the database; cheap to clone, safe to share between threads.
#[derive(Clone)]
pub struct Store {
    pool: r2d2::Pool<Database>,
    pub(crate) writer: Writer,
    pub(crate) database: Database,
    pub(crate) channels: Arc<Channels>,
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
        Ok(Self { pool: database.pool()?, writer: Writer::start(database.clone()), database, channels: Arc::default() })
    }

    /// The same store, which writes down whom to tell of what happens in it.
    #[must_use]
    pub fn telling(self, channels: Channels) -> Self {
        Self { channels: Arc::new(channels), ..self }
    }

    /// Whether comments can be stored, as far as can be told without storing one.
    pub fn ping(&self) -> Result<(), StoreError> {
        self.database.check()?;
        if self.writer.has_ended() {
            return Err(StoreError::Unavailable("the thread that writes has ended; restart the service".to_owned()));
        }
        if self.writer.has_failed() {
            return self.write(write_a_page).inspect(|()| self.writer.forgive());
        }
        self.read(|connection| Ok(diesel::sql_query("SELECT 1 FROM articles").execute(connection).map(drop)?))
    }

    /// After something was to be forgotten: `SQLite` writes to its log first, which holds it until it is begun anew. Where others are in
    /// the way, they do it later.
    pub(crate) fn settle(&self) -> Result<(), StoreError> {
        if let Connection::Sqlite(connection) = &mut *self.pool.get()? {
            connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?;
        }
        Ok(())
    }

    /// Several queries that see one state of the database.
    pub(crate) fn read<T>(&self, queries: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        transaction(&mut *self.pool.get()?, Begin::Read, queries)
    }

    /// One query, which sees one state of the database anyway.
    pub(crate) fn ask<T>(&self, query: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        query(&mut *self.pool.get()?)
    }

    /// Queries of which at least one writes. Either all take effect, flushed to disk, or none.
    pub(crate) fn write<T>(&self, queries: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = self.pool.get()?;
        let written = transaction(&mut connection, Begin::Write, queries)?;
        self.database.ring(&mut connection);
        Ok(written)
    }
}

/// Reading works on a full disk too. This writes a page and flushes it, so it is asked only after a failure.
fn write_a_page(connection: &mut Connection) -> Result<(), StoreError> {
    match connection {
        Connection::Sqlite(connection) => connection.batch_execute("PRAGMA user_version = 1")?,
        // Its number is written to the log with the commit.
        Connection::Postgres(connection) => connection.batch_execute("SELECT pg_current_xact_id()")?,
    }
    Ok(())
}
