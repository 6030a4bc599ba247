use diesel::{PgConnection, SqliteConnection};

/// A connection to either database. It has a file to itself, for the macro brings in all names that it finds beside it.
#[derive(diesel::MultiConnection)]
pub(crate) enum EitherConnection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}
