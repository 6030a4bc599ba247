//! What is PostgreSQL's alone.

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, PgConnection};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::StoreError;
use crate::begin::Begin;
use crate::either::EitherConnection as Connection;

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Ardoise's advisory locks have this first key ("ardo"), lest another program's meet them.
const LOCKS: i32 = 0x6172_646f;
/// Held by the transaction that writes.
const WRITING: i32 = 1;
/// Held by the session of the process that generates.
const LEADING: i32 = 2;
/// Held by the session that looks whether the schema is up to date.
const MIGRATING: i32 = 3;

/// The channel on which it is told that there is work for the generator.
pub(crate) const CHANNEL: &str = "ardoise_work";

/// What the URL may say, and we say where it does not: who we are, and not to wait for ever for a machine that is gone.
const PARAMETERS: [(&str, &str); 6] = [
    ("application_name", "ardoise"),
    ("connect_timeout", "4"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "10000"),
];

/// An acknowledgement means flushed, whatever the server's own settings say; a stronger setting than ours stays. A session whose
/// machine is gone gives its locks back within seconds.
const SETTINGS: &str = "SET lock_timeout = '4s'; SET idle_in_transaction_session_timeout = '60s'; \
    SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET client_min_messages = 'warning'; \
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local');";

/// With several writers, a row that one of them has read may be another's by the time it is written. So the one that writes holds
/// a lock, as on SQLite; no two transactions can wait for each other then.
pub(crate) fn begin(begin: Begin) -> String {
    match begin {
        Begin::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY".to_owned(),
        Begin::Write => format!("BEGIN; SELECT pg_advisory_xact_lock({LOCKS}, {WRITING})"),
    }
}

/// A connection without our settings, to ask what is wrong.
pub(crate) fn connect(url: &str) -> Result<PgConnection, diesel::ConnectionError> {
    PgConnection::establish(&with_parameters(url))
}

pub(crate) fn establish(url: &str) -> Result<Connection, StoreError> {
    let mut connection = connect(url).map_err(|error| StoreError::Unavailable(error.to_string().trim().replace('\n', "; ")))?;
    connection.batch_execute(SETTINGS)?;
    Ok(Connection::Postgres(connection))
}

/// Takes the lock of the one that looks at the schema; it goes with the session.
pub(crate) fn lock_schema(connection: &mut PgConnection) -> Result<(), StoreError> {
    Ok(connection.batch_execute(&format!("SELECT pg_advisory_lock({LOCKS}, {MIGRATING})"))?)
}

/// Gives it to whoever waits for it.
pub(crate) fn unlock_schema(connection: &mut PgConnection) -> Result<(), StoreError> {
    Ok(connection.batch_execute(&format!("SELECT pg_advisory_unlock({LOCKS}, {MIGRATING})"))?)
}

/// Takes the lock of the one that generates, if nobody has it. It goes with the session.
pub(crate) fn try_lead(connection: &mut PgConnection) -> Result<bool, StoreError> {
    use diesel::dsl::sql;
    use diesel::sql_types::Bool;
    let lock = sql::<Bool>(&format!("pg_try_advisory_lock({LOCKS}, {LEADING})"));
    Ok(diesel::RunQueryDsl::get_result(diesel::select(lock), connection)?)
}

/// Gives it to whoever asks next.
pub(crate) fn give_up_lead(connection: &mut PgConnection) {
    // If this fails the session is lost, and the lock with it.
    let _ = connection.batch_execute(&format!("SELECT pg_advisory_unlock({LOCKS}, {LEADING})"));
}

fn with_parameters(url: &str) -> String {
    let said = url.split_once('?').map_or("", |(_, parameters)| parameters);
    let names: Vec<&str> = said.split('&').filter_map(|parameter| parameter.split('=').next()).collect();
    let mut url = url.to_owned();
    let mut separator = if said.is_empty() { if url.ends_with('?') { "" } else { "?" } } else { "&" };
    for (name, value) in PARAMETERS.iter().filter(|(name, _)| !names.contains(name)) {
        url = format!("{url}{separator}{name}={value}");
        separator = "&";
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_url_says_stays() {
        let url = with_parameters("postgres://a/b?connect_timeout=9&sslmode=require");
        assert!(url.starts_with("postgres://a/b?connect_timeout=9&sslmode=require&application_name=ardoise&keepalives_idle=5"), "{url}");
        assert_eq!(url.matches("connect_timeout").count(), 1);
        assert!(with_parameters("postgres://a/b").starts_with("postgres://a/b?application_name=ardoise&"));
    }
}
