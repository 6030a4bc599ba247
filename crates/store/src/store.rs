use diesel::connection::SimpleConnection;
use diesel::r2d2::ConnectionManager;
use diesel::{Connection as _, RunQueryDsl};

use crate::connection::{self, Connection, PATIENCE, Pragmas};
use crate::file::DatabaseFile;
use crate::writer::Writer;
use crate::{StoreError, StoreUrl};

/// A handle to the database; cheap to clone, safe to share between threads.
#[derive(Clone)]
pub struct Store {
    pool: r2d2::Pool<ConnectionManager<Connection>>,
    writer: Writer,
    file: DatabaseFile,
}

impl Store {
    /// Opens the database, creates it where there is none, and brings its schema up to date.
    pub fn open(url: &StoreUrl) -> Result<Self, StoreError> {
        connection::prepare(url)?;
        let file = DatabaseFile::of(url)?;
        let pool = r2d2::Pool::builder()
            // SQLite has one writer; more connections would only wait for it.
            .max_size(4)
            .min_idle(Some(1))
            .connection_timeout(PATIENCE)
            .connection_customizer(Box::new(Pragmas))
            .build(ConnectionManager::new(file.address()))?;
        Ok(Self { pool, writer: Writer::start(file.clone()), file })
    }

    /// Whether comments can be stored, as far as can be told without storing one.
    pub fn ping(&self) -> Result<(), StoreError> {
        self.file.check()?;
        if self.writer.has_failed() {
            // Reading works on a full disk too. This writes a page and flushes it, so it is asked only after a failure.
            return self.write(|connection| Ok(connection.batch_execute("PRAGMA user_version = 1")?)).inspect(|()| self.writer.forgive());
        }
        self.read(|connection| Ok(diesel::sql_query("SELECT 1 FROM articles").execute(connection).map(drop)?))
    }

    /// Several queries that see one state of the database.
    pub(crate) fn read<T>(&self, queries: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let connection: &mut Connection = &mut *self.pool.get()?;
        connection.transaction(queries)
    }

    /// Queries that write, together with those of others who wait: one flush for all. When this returns, they are on disk, or
    /// certainly are not and never will be.
    pub(crate) fn write_together<T: Send + 'static>(
        &self,
        queries: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.write(queries)
    }

    /// Queries of which at least one writes. Either all take effect, flushed to disk, or none.
    pub(crate) fn write<T>(&self, queries: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let connection: &mut Connection = &mut *self.pool.get()?;
        connection.immediate_transaction(queries)
    }
}
