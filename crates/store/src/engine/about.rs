use std::fmt;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use crate::engine::begin::Begin;
use crate::engine::connection::Connection;
use crate::engine::database::Database;
use crate::{Store, StoreError};

/// What a session with the database is like: asked, not assumed.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct About {
    /// The database and its version.
    #[diesel(sql_type = Text)]
    pub version: String,
    /// When a commit counts as done: SQLite's `synchronous`, PostgreSQL's `synchronous_commit`.
    #[diesel(sql_type = Text)]
    pub flushes: String,
    /// Whether the way to it is encrypted. A file has no way to it.
    #[diesel(sql_type = Bool)]
    pub encrypted: bool,
    /// Whether a connection pooler is in between.
    #[diesel(sql_type = Bool)]
    pub pooled: bool,
}

const SQLITE: &str = "SELECT 'SQLite ' || sqlite_version() AS version,
    CASE synchronous WHEN 2 THEN 'FULL' WHEN 3 THEN 'EXTRA' ELSE 'weak' END AS flushes, FALSE AS encrypted, FALSE AS pooled FROM pragma_synchronous";
const POSTGRES: &str = "SELECT 'PostgreSQL ' || current_setting('server_version') AS version,
    current_setting('synchronous_commit') AS flushes,
    COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), FALSE) AS encrypted,
    COALESCE(current_setting('ardoise.direct', true), '') <> '1' AS pooled";

impl Store {
    /// What this store's sessions are like.
    pub fn about(&self) -> Result<About, StoreError> {
        // On PostgreSQL each transaction that writes says for itself when its commit counts as done.
        let begin = if matches!(self.database, Database::Postgres(_)) { Begin::Write } else { Begin::Read };
        self.transact(begin, |connection| {
            Ok(match connection {
                Connection::Sqlite(connection) => diesel::sql_query(SQLITE).get_result(connection)?,
                Connection::Postgres(connection) => diesel::sql_query(POSTGRES).get_result(connection)?,
            })
        })
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = if self.encrypted { ", over TLS" } else { "" };
        let pooler = if self.pooled { ", through a connection pooler" } else { "" };
        write!(f, "{}{way}{pooler}, commits flushed ({})", self.version, self.flushes)
    }
}
