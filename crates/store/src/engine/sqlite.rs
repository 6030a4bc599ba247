//! What is SQLite's alone.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection as _, RunQueryDsl, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::StoreError;
use crate::engine::begin::Begin;
use crate::engine::either::EitherConnection as Connection;
use crate::engine::permissions;
use crate::engine::text_search;

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// The order matters: until `busy_timeout` is set, a second process makes the next statements fail at once. With `secure_delete`,
/// what was deleted is not in the file any more: somebody may have asked for that. The log is copied into the file when it has 4000 pages:
/// with `SQLite`'s own 1000, a busy service copies the same pages again and again.
const PRAGMAS: &str = "PRAGMA busy_timeout = 4000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                       PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 4000;";

/// A transaction that reads first and writes later fails with "database is locked" under load, and no busy timeout helps. So one
/// that will write says so at once.
pub(crate) fn begin(begin: Begin) -> &'static str {
    match begin {
        Begin::Read => "BEGIN",
        Begin::Write | Begin::Lease => "BEGIN IMMEDIATE",
    }
}

pub(crate) fn establish(address: &str) -> Result<Connection, StoreError> {
    let mut connection = SqliteConnection::establish(address).map_err(|error| unusable(address, &error))?;
    connection.batch_execute(PRAGMAS).map_err(|error| unusable(address, &error))?;
    // What may only be read is opened for reading, without a word; each write would fail.
    if let Some(obstacle) = permissions::database_obstacle(&file_of(address)) {
        return Err(StoreError::Unavailable(obstacle));
    }
    text_search::teach(&mut connection)?;
    Ok(Connection::Sqlite(connection))
}

/// `SQLite` says "unable to open database file", or "readonly database", of a file that belongs to another user, and names nobody.
fn unusable(address: &str, error: &dyn std::fmt::Display) -> StoreError {
    let file = file_of(address);
    let why = permissions::database_obstacle(&file).unwrap_or_else(|| format!("{}: {error}", file.display()));
    StoreError::Unavailable(why)
}

/// A database that could be opened, and cannot be written to: it says "attempt to write a readonly database".
pub(crate) fn refused(connection: &mut SqliteConnection, error: diesel::result::Error) -> StoreError {
    let readonly = error.to_string().contains("readonly");
    let main = diesel::dsl::sql::<Text>("SELECT file FROM pragma_database_list WHERE name = 'main'");
    let file = || main.get_result::<String>(connection).ok().filter(|file| !file.is_empty());
    let obstacle = if readonly { file().and_then(|file| permissions::database_obstacle(Path::new(&file))) } else { None };
    obstacle.map_or_else(|| error.into(), StoreError::Unavailable)
}

/// The path in an address: it is one, or is made by [`crate::engine::file::DatabaseFile::address`], which escapes three characters.
fn file_of(address: &str) -> PathBuf {
    let Some(rest) = address.strip_prefix("file:") else { return address.into() };
    rest.split('?').next().unwrap_or(rest).replace("%3F", "?").replace("%23", "#").replace("%25", "%").into()
}

/// Copies what is in the log into the file, as far as no reader needs the former state. Waits for nobody, and keeps nobody waiting.
pub(crate) fn copy_log(connection: &mut Connection) {
    if let Connection::Sqlite(connection) = connection {
        // What fails is done at another quiet moment, or by SQLite itself when the log has grown.
        let _ = connection.batch_execute("PRAGMA wal_checkpoint(PASSIVE)");
    }
}
