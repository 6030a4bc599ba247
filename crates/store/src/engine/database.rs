//! The database that was opened, and how to connect to it.

use std::time::Duration;

use diesel::r2d2::R2D2Connection;

use crate::engine::connection::Connection;
use crate::engine::file::DatabaseFile;
use crate::engine::postgres::Server;
use crate::engine::url::StoreUrl;
use crate::engine::wal::WalMonitor;
use crate::engine::{identity, migrations, schema_state, sqlite, wakeup};
use crate::error::StoreError;

/// How long a caller waits for a connection before the store counts as unavailable.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// The connections of the pool. Few are enough: there is one writer at a time, for which further connections would only wait.
const MAX_POOL_SIZE: u32 = 4;

/// A database that exists and has this version's schema.
#[derive(Clone)]
pub(crate) enum Database {
    Sqlite(DatabaseFile),
    Postgres(Server),
}

/// A connection, with the number of failures before it was made.
pub(crate) struct Session {
    pub(crate) connection: Connection,
    failures: u64,
}

impl Database {
    /// Opens an existing database. Creates and changes nothing: a command that only reads must not leave an empty database at a mistyped
    /// path, nor change the schema below a running service.
    pub(crate) fn open(url: &StoreUrl) -> Result<Self, StoreError> {
        if !url.may_exist() {
            return Err(StoreError::NoDatabase);
        }
        let database = match url {
            StoreUrl::Sqlite(file) => Self::Sqlite(DatabaseFile::new(file)?),
            StoreUrl::Postgres(url) => Self::Postgres(Server::new(url)?),
        };
        schema_state::require(&mut database.establish()?.connection)?;
        Ok(database)
    }

    /// Creates the database if there is none, and migrates its schema to this version's.
    pub(crate) fn prepare(url: &StoreUrl) -> Result<Self, StoreError> {
        let database = match url {
            StoreUrl::Sqlite(file) => {
                migrations::prepare_sqlite(file)?;
                Self::Sqlite(DatabaseFile::new(file)?)
            }
            StoreUrl::Postgres(url) => {
                let server = Server::new(url)?;
                migrations::prepare_postgres(&server)?;
                Self::Postgres(server)
            }
        };
        let mut connection = database.establish()?.connection;
        schema_state::require(&mut connection)?;
        let location = database.location(&mut connection)?;
        identity::establish(&mut connection, &location)?;
        Ok(database)
    }

    /// What distinguishes this file, or this database on a server, from every other.
    fn location(&self, connection: &mut Connection) -> Result<String, StoreError> {
        match self {
            Self::Sqlite(file) => Ok(file.fingerprint()),
            Self::Postgres(server) => server.location(connection),
        }
    }

    /// Makes a connection outside the pool.
    pub(crate) fn establish(&self) -> Result<Session, StoreError> {
        // Read first, so that a failure while the connection is being made invalidates it.
        let failures = self.failures();
        let connection = match self {
            Self::Sqlite(file) => sqlite::establish(&file.address()),
            Self::Postgres(server) => server.establish(),
        }?;
        Ok(Session { connection, failures })
    }

    /// Whether a session may be used again.
    pub(crate) fn is_current(&self, session: &Session) -> bool {
        session.failures == self.failures()
    }

    /// Counts a failure if `result` says that the database is unavailable. All sessions are replaced then.
    pub(crate) fn record_failure<T>(&self, result: &Result<T, StoreError>) {
        if let (Self::Postgres(server), Err(StoreError::Unavailable(_))) = (self, result) {
            server.record_failure();
        }
    }

    /// The number of failures of the server so far.
    pub(crate) fn failures(&self) -> u64 {
        match self {
            // A connection to a file stays with the file that was opened.
            Self::Sqlite(_) => 0,
            Self::Postgres(server) => server.failures(),
        }
    }

    /// Fails if the database's file was removed or replaced since it was opened. On a server, queries themselves fail.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(file) => file.check(),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// A monitor of SQLite's write-ahead log.
    pub(crate) fn wal_monitor(&self) -> Option<WalMonitor> {
        match self {
            Self::Sqlite(file) => Some(WalMonitor::new(file)),
            Self::Postgres(_) => None,
        }
    }

    /// Wakes the listeners of all processes if there is work. To be called after a commit. PostgreSQL notifies them with the commit.
    pub(crate) fn wake_listeners(&self, connection: &mut Connection) {
        if let Self::Sqlite(file) = self
            && (matches!(wakeup::has_work(connection), Ok(true)) || matches!(wakeup::has_new_job(connection), Ok(true)))
        {
            file.touch();
        }
    }

    /// Builds the pool of shared connections.
    pub(crate) fn pool(&self) -> Result<r2d2::Pool<Self>, StoreError> {
        // No connection is made in advance: most commands need only one.
        let pool = r2d2::Pool::builder().max_size(MAX_POOL_SIZE).min_idle(Some(0)).connection_timeout(CONNECT_TIMEOUT);
        // Errors are returned to the caller; logging each of them too would flood the log.
        Ok(pool.error_handler(Box::new(r2d2::NopErrorHandler)).build(self.clone())?)
    }
}

/// Used instead of diesel's manager, which tries one database after the other and returns the last error.
impl r2d2::ManageConnection for Database {
    type Connection = Session;
    type Error = StoreError;

    fn connect(&self) -> Result<Session, StoreError> {
        self.establish()
    }

    fn is_valid(&self, session: &mut Session) -> Result<(), StoreError> {
        if !self.is_current(session) {
            return Err(StoreError::Unavailable("the session was begun before a failure of the server".to_owned()));
        }
        Ok(session.connection.ping()?)
    }

    fn has_broken(&self, session: &mut Session) -> bool {
        std::thread::panicking() || !self.is_current(session) || session.connection.is_broken()
    }
}
