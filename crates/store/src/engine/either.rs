use diesel::{PgConnection, SqliteConnection};

/// A connection to either database. It has a file of its own because the derive macro uses every name in scope.
#[derive(diesel::MultiConnection)]
pub(crate) enum EitherConnection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}
