use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::r2d2::{CustomizeConnection, Error as ConnectionError};
use diesel::{Connection as _, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::file;
use crate::{StoreError, StoreUrl};

pub(crate) type Connection = SqliteConnection;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// How long a caller waits for a connection before the store counts as unavailable.
pub(crate) const PATIENCE: Duration = Duration::from_secs(4);

/// The order matters: until `busy_timeout` is set, a second process makes the next statements fail at once.
const PRAGMAS: &str = "PRAGMA busy_timeout = 4000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

/// Sets up each connection of the pool.
#[derive(Debug)]
pub(crate) struct Pragmas;

impl CustomizeConnection<Connection, ConnectionError> for Pragmas {
    fn on_acquire(&self, connection: &mut Connection) -> Result<(), ConnectionError> {
        connection.batch_execute(PRAGMAS).map_err(ConnectionError::QueryError)
    }
}

/// Makes the database, in WAL mode and with this version's schema.
///
/// SQLite does not wait for others when it changes the journal mode, whatever the busy timeout: of six processes that met a
/// new database at once, one in thirty failed. So the waiting is ours.
pub(crate) fn prepare(url: &StoreUrl) -> Result<(), StoreError> {
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
