//! What is specific to PostgreSQL. A build without the feature `postgres` has `without_postgres.rs` in place of this.

mod diagnosis;
mod listening;
mod server;

use diesel::connection::CacheSize;
use diesel::sql_types::{Bool, Text};
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

pub(crate) use crate::engine::postgres::diagnosis::diagnose;
pub(crate) use crate::engine::postgres::server::{Server, SessionLock};
use crate::error::StoreError;

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The first key of Ardoise's advisory locks ("ardo"), which keeps them apart from those of other programs. They are transaction locks,
/// because behind a connection pooler a session is shared; except for [`Server::try_session_lock`], which is for unshared sessions.
const LOCK_CLASS: i32 = 0x6172_646f;
/// The lock of the transaction that writes.
const WRITE_LOCK: i32 = 1;
/// The lock of the transaction that migrates the schema. Leases use 2 and 4 (`leases.rs`).
const SCHEMA_LOCK: i32 = 3;

/// Connection parameters that are added unless the URL sets them: the program's name, and limits that detect a dead server.
const DEFAULT_PARAMETERS: [(&str, &str); 6] = [
    ("application_name", "ardoise"),
    ("connect_timeout", "4"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "10000"),
];

/// A setting that is sent at the start of a session and read back afterwards. A pooler refuses or ignores settings that it does not know,
/// so a session without it goes through a pooler.
const DIRECT_OPTION: &str = "-c%20ardoise.direct%3D1";

/// Limits on waiting for a lock, and on a client that is silent within a transaction: it may be gone, and blocks every other writer. They
/// are set per transaction, because behind a pooler the settings of a session affect other clients.
const READ_LIMITS: &str = "SET LOCAL lock_timeout = '4s'; SET LOCAL idle_in_transaction_session_timeout = '60s'";
const WRITE_LIMITS: &str = "SET LOCAL lock_timeout = '4s'; SET LOCAL idle_in_transaction_session_timeout = '15s'";

/// Raises `synchronous_commit` to `on` for a transaction: its commit is flushed to disk, and to that of a synchronous standby, whatever the
/// server's settings say. `remote_apply` stays, because it is stronger.
const FLUSH_COMMITS: &str =
    "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')";

/// Begins a transaction that reads from one snapshot.
pub(crate) fn begin_read() -> String {
    format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {READ_LIMITS}")
}

/// Begins a transaction that excludes other writers, as on SQLite. Otherwise a row that a transaction has read could be changed by another
/// before it is written, and two transactions could deadlock.
pub(crate) fn begin_write() -> String {
    format!("BEGIN; {WRITE_LIMITS}; {FLUSH_COMMITS}; SELECT pg_advisory_xact_lock({LOCK_CLASS}, {WRITE_LOCK})")
}

/// Begins a transaction that changes a lease: without the write lock, so that a renewal waits for no writer, and without a flush: a lease that
/// is lost when the server crashes is taken again.
pub(crate) fn begin_lease() -> String {
    format!("BEGIN; {WRITE_LIMITS}; SET LOCAL synchronous_commit = off")
}

/// Connects without [`DIRECT_OPTION`], which a pooler may refuse.
pub(crate) fn connect(url: &str) -> Result<PgConnection, diesel::ConnectionError> {
    connect_to(&with_parameters(url))
}

/// Makes every connection. OpenSSL is initialised before libpq does it, so that it registers no exit handler: the handler frees tables that
/// other threads still use, and a thread that connects while the process exits would crash it.
fn connect_to(url: &str) -> Result<PgConnection, diesel::ConnectionError> {
    openssl_sys::init();
    PgConnection::establish(url)
}

/// How a session reaches the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionKind {
    /// The session is this connection's until it ends.
    Direct,
    /// A pooler is in between, which may lend another session for each transaction.
    Pooled,
}

/// Opens a session and determines its kind. Fails if the database cannot store every text.
pub(crate) fn open(url: &str) -> Result<(PgConnection, SessionKind), StoreError> {
    let opened = match connect_to(&with_option(&with_parameters(url))) {
        // A pooler's refusal names the parameter. After any other error, a second attempt would fail too; one that contains the words by chance
        // costs a few attempts.
        Err(error) if is_about_parameters(&error.to_string()) => connect_through_pooler(url),
        opened => opened,
    };
    let mut connection = opened.map_err(|error| StoreError::Unavailable(error.to_string().trim().replace('\n', "; ")))?;
    let session: SessionRow = connection.transaction(|connection| diesel::sql_query(SESSION_QUERY).get_result(connection))?;
    if session.encoding != "UTF8" {
        return Err(StoreError::Encoding(session.encoding));
    }
    let kind = if session.is_direct { SessionKind::Direct } else { SessionKind::Pooled };
    if kind == SessionKind::Pooled {
        // A prepared statement belongs to a session: in the next one it is missing, or is another.
        connection.set_prepared_statement_cache_size(CacheSize::Disabled);
    }
    Ok((connection, kind))
}

fn is_about_parameters(error: &str) -> bool {
    error.contains("option") || error.contains("parameter")
}

/// Connects with up to three attempts. The driver sets a session up in several steps, and fails if the pooler lends another session between
/// them.
fn connect_through_pooler(url: &str) -> Result<PgConnection, diesel::ConnectionError> {
    connect(url).or_else(|_| connect(url)).or_else(|_| connect(url))
}

#[derive(QueryableByName)]
struct SessionRow {
    #[diesel(sql_type = Bool)]
    is_direct: bool,
    #[diesel(sql_type = Text)]
    encoding: String,
}

const SESSION_QUERY: &str = "SELECT COALESCE(current_setting('ardoise.direct', true), '') = '1' AS is_direct,
    current_setting('server_encoding') AS encoding";

/// Adds [`DEFAULT_PARAMETERS`] that the URL does not set.
fn with_parameters(url: &str) -> String {
    let given = url.split_once('?').map_or("", |(_, parameters)| parameters);
    let names: Vec<&str> = given.split('&').filter_map(|parameter| parameter.split('=').next()).collect();
    let mut url = url.to_owned();
    let mut separator = if given.is_empty() { if url.ends_with('?') { "" } else { "?" } } else { "&" };
    for (name, value) in DEFAULT_PARAMETERS.iter().filter(|(name, _)| !names.contains(name)) {
        url = format!("{url}{separator}{name}={value}");
        separator = "&";
    }
    url
}

/// Adds [`DIRECT_OPTION`] to the options of the URL.
fn with_option(url: &str) -> String {
    let (server, parameters) = url.split_once('?').unwrap_or((url, ""));
    let mut parameters: Vec<String> = parameters.split('&').filter(|parameter| !parameter.is_empty()).map(str::to_owned).collect();
    match parameters.iter_mut().find(|parameter| parameter.starts_with("options=")) {
        Some(options) => *options = format!("{options}%20{DIRECT_OPTION}"),
        None => parameters.push(format!("options={DIRECT_OPTION}")),
    }
    format!("{server}?{}", parameters.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_is_added_to_those_of_the_url() {
        assert_eq!(with_option("postgres://a/b"), "postgres://a/b?options=-c%20ardoise.direct%3D1");
        assert_eq!(
            with_option("postgres://a/b?options=-c%20search_path%3Dx&sslmode=require"),
            "postgres://a/b?options=-c%20search_path%3Dx%20-c%20ardoise.direct%3D1&sslmode=require"
        );
    }

    #[test]
    fn parameters_of_the_url_are_kept() {
        let url = with_parameters("postgres://a/b?connect_timeout=9&sslmode=require");
        assert!(url.starts_with("postgres://a/b?connect_timeout=9&sslmode=require&application_name=ardoise&keepalives_idle=5"), "{url}");
        assert_eq!(url.matches("connect_timeout").count(), 1);
        assert!(with_parameters("postgres://a/b").starts_with("postgres://a/b?application_name=ardoise&"));
    }
}
