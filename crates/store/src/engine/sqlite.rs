//! What is specific to SQLite.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection as _, RunQueryDsl, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::engine::either::EitherConnection as Connection;
use crate::engine::{permissions, text_search};
use crate::error::StoreError;

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// The settings of every connection. `busy_timeout` comes first: before it is set, a second process makes the other statements fail at
/// once. `secure_delete` overwrites deleted content in the file, because a person may have asked for the deletion. The automatic checkpoint
/// is at 4000 pages: with SQLite's default of 1000, a busy service copies the same pages again and again.
const PRAGMAS: &str = "PRAGMA busy_timeout = 4000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                       PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 4000;";

/// Begins a transaction that reads.
pub(crate) const BEGIN_READ: &str = "BEGIN";
/// Begins a transaction that writes. A transaction that takes the write lock only after it has read fails under load with "database is
/// locked", whatever the busy timeout.
pub(crate) const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

/// Opens a connection. `address` is a path, or a URI of [`DatabaseFile::address`](crate::engine::file::DatabaseFile::address).
pub(crate) fn establish(address: &str) -> Result<Connection, StoreError> {
    let mut connection = SqliteConnection::establish(address).map_err(|error| open_error(address, &error))?;
    connection.batch_execute(PRAGMAS).map_err(|error| open_error(address, &error))?;
    // SQLite opens a file without write permission for reading only, and reports nothing until the first write.
    if let Some(obstacle) = permissions::database_obstacle(&path_of(address)) {
        return Err(StoreError::Unavailable(obstacle));
    }
    text_search::register_lower(&mut connection)?;
    Ok(Connection::Sqlite(connection))
}

/// Explains why a file cannot be opened. SQLite's own message names neither the file nor its owner.
fn open_error(address: &str, error: &dyn std::fmt::Display) -> StoreError {
    let file = path_of(address);
    let cause = permissions::database_obstacle(&file).unwrap_or_else(|| format!("{}: {error}", file.display()));
    StoreError::Unavailable(cause)
}

/// Explains why a transaction cannot begin. For a file without write permission, SQLite reports "attempt to write a readonly database".
pub(crate) fn begin_error(connection: &mut SqliteConnection, error: diesel::result::Error) -> StoreError {
    let is_readonly = error.to_string().contains("readonly");
    let main = diesel::dsl::sql::<Text>("SELECT file FROM pragma_database_list WHERE name = 'main'");
    let file = || main.get_result::<String>(connection).ok().filter(|file| !file.is_empty());
    let obstacle = if is_readonly { file().and_then(|file| permissions::database_obstacle(Path::new(&file))) } else { None };
    obstacle.map_or_else(|| error.into(), StoreError::Unavailable)
}

/// Returns the path of an address. Reverses the escapes of [`DatabaseFile::address`](crate::engine::file::DatabaseFile::address).
fn path_of(address: &str) -> PathBuf {
    let Some(rest) = address.strip_prefix("file:") else { return address.into() };
    rest.split('?').next().unwrap_or(rest).replace("%3F", "?").replace("%23", "#").replace("%25", "%").into()
}
