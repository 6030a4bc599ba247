//! Migrating a database's schema to this version's.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use diesel_migrations::MigrationHarness;

use crate::engine::connection::{Connection, TransactionMode, transaction};
use crate::engine::either::on_either;
use crate::engine::postgres::Server;
use crate::engine::schema_state::{self, SchemaState};
use crate::engine::{file, sqlite};
use crate::error::StoreError;

/// How long to wait for another process that prepares the same database.
const LOCK_TIMEOUT: Duration = Duration::from_secs(4);
const RETRY_INTERVAL: Duration = Duration::from_millis(20);

/// Creates the database in WAL mode, with this version's schema.
///
/// Retries while the database is locked: SQLite ignores the busy timeout when it changes the journal mode. Without the loop, of six
/// processes that opened a new database at once, one in thirty failed.
pub(crate) fn prepare_sqlite(file: &Path) -> Result<(), StoreError> {
    let begun = Instant::now();
    loop {
        match try_prepare(file) {
            Err(StoreError::Unavailable(cause)) if cause.contains("locked") && begun.elapsed() < LOCK_TIMEOUT => {
                thread::sleep(RETRY_INTERVAL);
            }
            result => return result,
        }
    }
}

fn try_prepare(file: &Path) -> Result<(), StoreError> {
    // The file holds e-mail addresses, so only its owner may read it. SQLite gives the files beside it the same permissions.
    file::create_private(file)?;
    migrate(&mut sqlite::establish(&file.to_string_lossy())?)
}

/// Migrates a PostgreSQL database. One transaction holds the schema's lock from the first look to the last migration: diesel's look at the
/// applied migrations already creates a table, and two processes that create it at once fail. A lock of the session would not do: behind a
/// connection pooler the session is shared.
pub(crate) fn prepare_postgres(server: &Server) -> Result<(), StoreError> {
    transaction(&mut server.establish()?, TransactionMode::Write, |connection| {
        server.lock_schema(connection)?;
        match schema_state::state(connection)? {
            SchemaState::Same => Ok(()),
            SchemaState::Newer(migration) => Err(StoreError::NewerSchema(migration)),
            SchemaState::Absent | SchemaState::Older => run_pending(connection),
        }
    })
}

/// Migrates a SQLite database. Two processes may start at once: `run_pending` looks again, under the write lock.
fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    match schema_state::state(connection)? {
        SchemaState::Same => return Ok(()),
        SchemaState::Newer(migration) => return Err(StoreError::NewerSchema(migration)),
        SchemaState::Absent | SchemaState::Older => {}
    }
    transaction(connection, TransactionMode::Write, run_pending)
}

fn run_pending(connection: &mut Connection) -> Result<(), StoreError> {
    let migrations = schema_state::migrations(connection);
    let result = on_either!(connection => connection.run_pending_migrations(migrations).map(drop));
    result.map_err(|error| StoreError::Migration(error.to_string()))
}

#[cfg(test)]
#[path = "migration_tests.rs"]
mod tests;
