//! Bringing a database's schema to this version's.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use diesel_migrations::MigrationHarness;

use crate::StoreError;
use crate::engine::begin::Begin;
use crate::engine::connection::{Connection, transaction};
use crate::engine::file;
use crate::engine::postgres;
use crate::engine::schema_state::{self, SchemaState};
use crate::engine::sqlite;

/// How long it is waited for others who are at it.
const PATIENCE: Duration = Duration::from_secs(4);

/// Makes the database, in WAL mode and with this version's schema.
///
/// SQLite does not wait for others when it changes the journal mode, whatever the busy timeout: of six processes that met a
/// new database at once, one in thirty failed. So the waiting is ours.
pub(crate) fn prepare_sqlite(file: &Path) -> Result<(), StoreError> {
    let begun = Instant::now();
    loop {
        match try_prepare(file) {
            Err(StoreError::Unavailable(cause)) if cause.contains("locked") && begun.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(20));
            }
            done => return done,
        }
    }
}

fn try_prepare(file: &Path) -> Result<(), StoreError> {
    // Readers' e-mail addresses are in it; SQLite gives the files beside it the same rights.
    file::create_private(file)?;
    migrate(&mut sqlite::establish(&file.to_string_lossy())?)
}

/// Even to look whether there is anything to do makes a table, and two who make it at once fail. So all of it is one transaction,
/// which holds the schema's lock: behind a connection pooler, a lock of the session would not be ours.
pub(crate) fn prepare_postgres(url: &str) -> Result<(), StoreError> {
    transaction(&mut postgres::establish(url)?, Begin::Write, |connection| {
        if let Connection::Postgres(connection) = connection {
            postgres::lock_schema(connection)?;
        }
        match schema_state::state(connection)? {
            SchemaState::Same => Ok(()),
            SchemaState::Newer(migration) => Err(StoreError::NewerSchema(migration)),
            SchemaState::Absent | SchemaState::Older => run_pending(connection),
        }
    })
}

/// Brings the schema to this version's. Two processes may start at once: the lock on the whole is taken before the second look.
fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    match schema_state::state(connection)? {
        SchemaState::Same => return Ok(()),
        SchemaState::Newer(migration) => return Err(StoreError::NewerSchema(migration)),
        SchemaState::Absent | SchemaState::Older => {}
    }
    transaction(connection, Begin::Write, run_pending)
}

fn run_pending(connection: &mut Connection) -> Result<(), StoreError> {
    let run = match connection {
        Connection::Sqlite(connection) => connection.run_pending_migrations(sqlite::MIGRATIONS).map(drop),
        Connection::Postgres(connection) => connection.run_pending_migrations(postgres::MIGRATIONS).map(drop),
    };
    run.map_err(|error| StoreError::Migration(error.to_string()))
}

#[cfg(test)]
#[path = "migration_tests.rs"]
mod tests;
