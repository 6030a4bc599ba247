#[cfg(feature = "postgres")]
use diesel::PgConnection;
use diesel::SqliteConnection;

/// A connection to either database. It has a file of its own because the derive macro uses every name in scope.
#[derive(diesel::MultiConnection)]
pub(crate) enum EitherConnection {
    Sqlite(SqliteConnection),
    #[cfg(feature = "postgres")]
    Postgres(PgConnection),
}

impl EitherConnection {
    /// Whether the database is SQLite, for queries that the two databases spell differently.
    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }
}

/// Evaluates an expression with the connection to the one database or the other, as `on_either!(connection => expression)`. Queries in SQL
/// need it: diesel runs them on the connection to a certain database only.
macro_rules! on_either {
    ($connection:ident => $expression:expr) => {
        match $connection {
            $crate::engine::either::EitherConnection::Sqlite($connection) => $expression,
            #[cfg(feature = "postgres")]
            $crate::engine::either::EitherConnection::Postgres($connection) => $expression,
        }
    };
}

pub(crate) use on_either;
