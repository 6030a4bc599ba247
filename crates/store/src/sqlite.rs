//! What is SQLite's alone.

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::begin::Begin;
use crate::either::EitherConnection as Connection;
use crate::{StoreError, fold};

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// The order matters: until `busy_timeout` is set, a second process makes the next statements fail at once. With `secure_delete`,
/// what was deleted is not in the file any more: somebody may have asked for that.
const PRAGMAS: &str = "PRAGMA busy_timeout = 4000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                       PRAGMA secure_delete = ON;";

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
    fold::teach(&mut connection)?;
    Ok(Connection::Sqlite(connection))
}
