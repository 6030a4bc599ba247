//! What is PostgreSQL's alone.

use diesel::connection::{CacheSize, SimpleConnection};
use diesel::sql_types::{Bool, Text};
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::StoreError;
use crate::engine::begin::Begin;
use crate::engine::either::EitherConnection as Connection;

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Ardoise's advisory locks have this first key ("ardo"), lest another program's meet them. They end with a transaction, for a session is
/// not ours alone behind a connection pooler; but for [`try_hold`], which is for sessions of our own.
const LOCKS: i32 = 0x6172_646f;
/// Held by the transaction that writes.
const WRITING: i32 = 1;
/// Held by the transaction that looks whether the schema is up to date.
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

/// Given to the server at the start of a session, and asked for afterwards. A pooler refuses or ignores parameters that it does not
/// know, so a session without it goes through a pooler.
const DIRECT: &str = "-c%20ardoise.direct%3D1";

/// How long a statement waits for a lock, and the server for a client that has begun a transaction and says nothing: it may be gone,
/// and holds up every other writer. Each transaction says so itself, for behind a pooler what is set for a session is set for others.
const READ_LIMITS: &str = "SET LOCAL lock_timeout = '4s'; SET LOCAL idle_in_transaction_session_timeout = '60s'";
const WRITE_LIMITS: &str = "SET LOCAL lock_timeout = '4s'; SET LOCAL idle_in_transaction_session_timeout = '15s'";

/// An acknowledgement means flushed, whatever the server's own settings say; a stronger setting than ours stays.
const FLUSHED: &str = "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/// With several writers, a row that one of them has read may be another's by the time it is written. So the one that writes holds
/// a lock, as on SQLite; no two transactions can wait for each other then.
pub(crate) fn begin(begin: Begin) -> String {
    match begin {
        Begin::Read => format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {READ_LIMITS}"),
        Begin::Write => format!("BEGIN; {WRITE_LIMITS}; {FLUSHED}; SELECT pg_advisory_xact_lock({LOCKS}, {WRITING})"),
        Begin::Lease => format!("BEGIN; {WRITE_LIMITS}; SET LOCAL synchronous_commit = off"),
    }
}

/// A connection to ask what is wrong.
pub(crate) fn connect(url: &str) -> Result<PgConnection, diesel::ConnectionError> {
    connect_to(&with_parameters(url))
}

/// Every connection is made here. OpenSSL is set up before libpq does it, so that it registers no exit handler: the handler frees
/// tables that other threads still use, and a thread that connects while the process exits would crash it.
fn connect_to(url: &str) -> Result<PgConnection, diesel::ConnectionError> {
    openssl_sys::init();
    PgConnection::establish(url)
}

/// How a session reaches the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The session is ours until it ends.
    Direct,
    /// A pooler is in between, which may lend another session for each transaction.
    Pooled,
}

pub(crate) fn establish(url: &str) -> Result<Connection, StoreError> {
    open(url).map(|(connection, _)| Connection::Postgres(connection))
}

/// A session, and how it reaches the server. Fails where the database cannot store every text.
pub(crate) fn open(url: &str) -> Result<(PgConnection, Way), StoreError> {
    let opened = match connect_to(&with_option(&with_parameters(url))) {
        // A pooler's refusal names the parameter. Anything else would fail a second time.
        Err(error) if is_about_parameters(&error.to_string()) => through_a_pooler(url),
        opened => opened,
    };
    let mut connection = opened.map_err(|error| StoreError::Unavailable(error.to_string().trim().replace('\n', "; ")))?;
    let session: SessionRow = connection.transaction(|connection| diesel::sql_query(SESSION).get_result(connection))?;
    if session.encoding != "UTF8" {
        return Err(StoreError::Encoding(session.encoding));
    }
    let way = if session.is_direct { Way::Direct } else { Way::Pooled };
    if way == Way::Pooled {
        // A statement that was prepared in one session is not there, or is another one, in the next.
        connection.set_prepared_statement_cache_size(CacheSize::Disabled);
    }
    Ok((connection, way))
}

fn is_about_parameters(error: &str) -> bool {
    error.contains("option") || error.contains("parameter")
}

/// The driver sets up a session in several steps, and a pooler may give each step another session: then one of them fails.
fn through_a_pooler(url: &str) -> Result<PgConnection, diesel::ConnectionError> {
    connect(url).or_else(|_| connect(url)).or_else(|_| connect(url))
}

#[derive(QueryableByName)]
struct SessionRow {
    #[diesel(sql_type = Bool)]
    is_direct: bool,
    #[diesel(sql_type = Text)]
    encoding: String,
}

const SESSION: &str = "SELECT COALESCE(current_setting('ardoise.direct', true), '') = '1' AS is_direct,
    current_setting('server_encoding') AS encoding";

/// Takes the lock of the one that looks at the schema, until the transaction ends.
pub(crate) fn lock_schema(connection: &mut PgConnection) -> Result<(), StoreError> {
    Ok(connection.batch_execute(&format!("SELECT pg_advisory_xact_lock({LOCKS}, {MIGRATING})"))?)
}

/// Takes a lock that lives as long as this session, unless another session has it.
pub(crate) fn try_hold(connection: &mut PgConnection, lock: i32) -> Result<bool, StoreError> {
    let held = diesel::dsl::sql::<Bool>(&format!("pg_try_advisory_lock({LOCKS}, {lock})"));
    Ok(diesel::select(held).get_result(connection)?)
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

/// Adds [`DIRECT`] to what the URL gives the server at the start of a session.
fn with_option(url: &str) -> String {
    let (server, parameters) = url.split_once('?').unwrap_or((url, ""));
    let mut parameters: Vec<String> = parameters.split('&').filter(|parameter| !parameter.is_empty()).map(str::to_owned).collect();
    match parameters.iter_mut().find(|parameter| parameter.starts_with("options=")) {
        Some(options) => *options = format!("{options}%20{DIRECT}"),
        None => parameters.push(format!("options={DIRECT}")),
    }
    format!("{server}?{}", parameters.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_added_to_those_of_the_url() {
        assert_eq!(with_option("postgres://a/b"), "postgres://a/b?options=-c%20ardoise.direct%3D1");
        assert_eq!(
            with_option("postgres://a/b?options=-c%20search_path%3Dx&sslmode=require"),
            "postgres://a/b?options=-c%20search_path%3Dx%20-c%20ardoise.direct%3D1&sslmode=require"
        );
    }

    #[test]
    fn what_the_url_says_stays() {
        let url = with_parameters("postgres://a/b?connect_timeout=9&sslmode=require");
        assert!(url.starts_with("postgres://a/b?connect_timeout=9&sslmode=require&application_name=ardoise&keepalives_idle=5"), "{url}");
        assert_eq!(url.matches("connect_timeout").count(), 1);
        assert!(with_parameters("postgres://a/b").starts_with("postgres://a/b?application_name=ardoise&"));
    }
}
