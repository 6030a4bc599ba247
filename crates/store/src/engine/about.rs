use std::fmt;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use crate::engine::connection::TransactionMode;
use crate::engine::database::Database;
use crate::engine::either::on_either;
use crate::engine::store::Store;
use crate::error::StoreError;

/// Properties of a session with the database, as the database reports them.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct About {
    /// The database and its version.
    #[diesel(sql_type = Text)]
    pub version: String,
    /// When a commit counts as durable: SQLite's `synchronous`, PostgreSQL's `synchronous_commit`.
    #[diesel(sql_type = Text)]
    pub flushes: String,
    /// Whether the connection is encrypted. Always false for a file.
    #[diesel(sql_type = Bool)]
    pub encrypted: bool,
    /// Whether the connection goes through a connection pooler.
    #[diesel(sql_type = Bool)]
    pub pooled: bool,
}

const SQLITE_QUERY: &str = "SELECT 'SQLite ' || sqlite_version() AS version,
    CASE synchronous WHEN 2 THEN 'FULL' WHEN 3 THEN 'EXTRA' ELSE 'weak' END AS flushes, FALSE AS encrypted, FALSE AS pooled FROM pragma_synchronous";
const POSTGRES_QUERY: &str = "SELECT 'PostgreSQL ' || current_setting('server_version') AS version,
    current_setting('synchronous_commit') AS flushes,
    COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), FALSE) AS encrypted,
    COALESCE(current_setting('ardoise.direct', true), '') <> '1' AS pooled";

impl Store {
    /// Returns the properties of this store's sessions.
    pub fn about(&self) -> Result<About, StoreError> {
        // On PostgreSQL, `synchronous_commit` is set by each transaction that writes.
        let mode = if matches!(self.database, Database::Postgres(_)) { TransactionMode::Write } else { TransactionMode::Read };
        self.transact(mode, |connection| {
            let query = if connection.is_sqlite() { SQLITE_QUERY } else { POSTGRES_QUERY };
            Ok(on_either!(connection => diesel::sql_query(query).get_result(connection))?)
        })
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encryption = if self.encrypted { ", over TLS" } else { "" };
        let pooler = if self.pooled { ", through a connection pooler" } else { "" };
        write!(f, "{}{encryption}{pooler}, commits flushed ({})", self.version, self.flushes)
    }
}
