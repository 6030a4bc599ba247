//! What is SQLite's alone.

use std::path::Path;
use std::thread;
use std::time::Instant;

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::connection::{Begin, Connection, migrate};
use crate::database::PATIENCE;
use crate::{StoreError, file};

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// The order matters: until `busy_timeout` is set, a second process makes the next statements fail at once.
const PRAGMAS: &str = "PRAGMA busy_timeout = 4000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

/// A transaction that reads first and writes later fails with "database is locked" under load, and no busy timeout helps. So one
/// that will write says so at once.
pub(crate) fn begin(begin: Begin) -> &'static str {
    match begin {
        Begin::Read => "BEGIN",
        Begin::Write => "BEGIN IMMEDIATE",
    }
}

pub(crate) fn establish(address: &str) -> Result<Connection, StoreError> {
    let mut connection = SqliteConnection::establish(address).map_err(|error| StoreError::Unavailable(format!("{address}: {error}")))?;
    connection.batch_execute(PRAGMAS)?;
    Ok(Connection::Sqlite(connection))
}

/// Makes the database, in WAL mode and with this version's schema.
///
/// SQLite does not wait for others when it changes the journal mode, whatever the busy timeout: of six processes that met a
/// new database at once, one in thirty failed. So the waiting is ours.
pub(crate) fn prepare(file: &Path) -> Result<(), StoreError> {
    let begun = Instant::now();
    loop {
        match try_prepare(file) {
            Err(StoreError::Unavailable(cause)) if cause.contains("locked") && begun.elapsed() < PATIENCE => {
                thread::sleep(std::time::Duration::from_millis(20));
            }
            done => return done,
        }
    }
}

fn try_prepare(file: &Path) -> Result<(), StoreError> {
    // Readers' e-mail addresses are in it; SQLite gives the files beside it the same rights.
    file::create_private(file)?;
    migrate(&mut establish(&file.to_string_lossy())?)
}
