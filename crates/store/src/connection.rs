use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Error as ConnectionError};
use diesel::{Connection as _, RunQueryDsl, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::file::{self, DatabaseFile};
use crate::writer::Writer;
use crate::{StoreError, StoreUrl};

pub(crate) type Connection = SqliteConnection;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// How long a caller waits for a connection before the store counts as unavailable.
const PATIENCE: Duration = Duration::from_secs(4);

/// The order matters: until `busy_timeout` is set, a second process makes the next statements fail at once.
const PRAGMAS: &str = "PRAGMA busy_timeout = 4000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

/// A handle to the database; cheap to clone, safe to share between threads.
#[derive(Clone)]
pub struct Store {
    pool: r2d2::Pool<ConnectionManager<Connection>>,
    pub(crate) writer: Writer,
    file: DatabaseFile,
}

#[derive(Debug)]
struct Pragmas;

impl CustomizeConnection<Connection, ConnectionError> for Pragmas {
    fn on_acquire(&self, connection: &mut Connection) -> Result<(), ConnectionError> {
        connection.batch_execute(PRAGMAS).map_err(ConnectionError::QueryError)
    }
}

impl Store {
    /// Opens the database, creates it where there is none, and brings its schema up to date.
    pub fn open(url: &StoreUrl) -> Result<Self, StoreError> {
        prepare(url)?;
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

    /// Queries of which at least one writes. Either all take effect, flushed to disk, or none.
    pub(crate) fn write<T>(&self, queries: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let connection: &mut Connection = &mut *self.pool.get()?;
        connection.immediate_transaction(queries)
    }
}

/// Makes the database, in WAL mode and with this version's schema.
///
/// SQLite does not wait for others when it changes the journal mode, whatever the busy timeout: of six processes that met a
/// new database at once, one in thirty failed. So the waiting is ours.
fn prepare(url: &StoreUrl) -> Result<(), StoreError> {
    let begun = Instant::now();
    loop {
        match try_prepare(url) {
            Err(StoreError::Unavailable(cause)) if cause.contains("locked") && begun.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(20));
            }
            done => return done,
        }
    }
}

fn try_prepare(url: &StoreUrl) -> Result<(), StoreError> {
    // Readers' e-mail addresses are in it; SQLite gives the files beside it the same rights.
    file::create_private(url.file())?;
    migrate(&mut establish(&url.file().to_string_lossy())?)
}

/// A connection of one's own, outside the pool.
pub(crate) fn establish(address: &str) -> Result<Connection, StoreError> {
    let mut connection = Connection::establish(address).map_err(|error| StoreError::Unavailable(format!("{address}: {error}")))?;
    connection.batch_execute(PRAGMAS)?;
    Ok(connection)
}

/// Two processes may start at once: the lock on the whole is taken before the first look.
fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    if !connection.has_pending_migration(MIGRATIONS).map_err(|error| StoreError::Migration(error.to_string()))? {
        return Ok(());
    }
    connection.immediate_transaction(|connection| {
        connection.run_pending_migrations(MIGRATIONS).map(drop).map_err(|error| StoreError::Migration(error.to_string()))
    })
}

#[cfg(test)]
#[path = "migration_tests.rs"]
mod tests;
