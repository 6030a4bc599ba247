//! Where the database is, and how one gets a connection to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use diesel::r2d2::R2D2Connection;

use crate::engine::connection::Connection;
use crate::engine::file::{DatabaseFile, Log};
use crate::engine::identity;
use crate::engine::migrations;
use crate::engine::postgres;
use crate::engine::schema_state;
use crate::engine::sqlite;
use crate::tables::outbox;
use crate::tables::work;
use crate::{StoreError, StoreUrl};

/// How long a caller waits for a connection before the store counts as unavailable.
pub(crate) const PATIENCE: Duration = Duration::from_secs(4);

/// A database that is there and has this version's schema.
#[derive(Clone)]
pub(crate) enum Database {
    Sqlite(DatabaseFile),
    Postgres(Server),
}

/// A PostgreSQL server's database.
#[derive(Clone)]
pub(crate) struct Server {
    /// Its URL.
    pub(crate) url: String,
    /// How often it was unavailable. Sessions from before that are not used again: after a failover they may lead to a server that
    /// takes no more writes, and stay there.
    troubles: Arc<AtomicU64>,
}

impl Server {
    pub(crate) fn at(url: &str) -> Self {
        Self { url: url.to_owned(), troubles: Arc::default() }
    }
}

/// A connection, and what had happened when it was made.
pub(crate) struct Session {
    pub(crate) connection: Connection,
    troubles: u64,
}

impl Database {
    /// The database that is there. Makes none and changes nothing: a command that only looks must not leave an empty database where a
    /// path was mistyped, nor take a running service's tables away from under it.
    pub(crate) fn open(url: &StoreUrl) -> Result<Self, StoreError> {
        if !url.may_exist() {
            return Err(StoreError::NoDatabase);
        }
        let database = match url {
            StoreUrl::Sqlite(file) => Self::Sqlite(DatabaseFile::of(file)?),
            StoreUrl::Postgres(url) => Self::Postgres(Server::at(url)),
        };
        schema_state::require(&mut database.establish()?.connection)?;
        Ok(database)
    }

    /// Makes it where there is none, and brings its schema up to date.
    pub(crate) fn prepare(url: &StoreUrl) -> Result<Self, StoreError> {
        let database = match url {
            StoreUrl::Sqlite(file) => {
                migrations::prepare_sqlite(file)?;
                Self::Sqlite(DatabaseFile::of(file)?)
            }
            StoreUrl::Postgres(url) => {
                migrations::prepare_postgres(url)?;
                Self::Postgres(Server::at(url))
            }
        };
        let mut connection = database.establish()?.connection;
        schema_state::require(&mut connection)?;
        let file = if let Self::Sqlite(file) = &database { Some(file) } else { None };
        identity::settle(&mut connection, file)?;
        Ok(database)
    }

    /// A connection of one's own.
    pub(crate) fn establish(&self) -> Result<Session, StoreError> {
        // First: a session that was begun before a failure is one from before it.
        let troubles = self.troubles();
        let connection = match self {
            Self::Sqlite(file) => sqlite::establish(&file.address()),
            Self::Postgres(server) => postgres::establish(&server.url),
        }?;
        Ok(Session { connection, troubles })
    }

    /// Whether a session may be used again.
    pub(crate) fn trusts(&self, session: &Session) -> bool {
        session.troubles == self.troubles()
    }

    /// Takes note of an error: after one that says that the database is unavailable, all sessions are made anew.
    pub(crate) fn heed<T>(&self, outcome: &Result<T, StoreError>) {
        if let (Self::Postgres(server), Err(StoreError::Unavailable(_))) = (self, outcome) {
            server.troubles.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How often the server was unavailable.
    pub(crate) fn troubles(&self) -> u64 {
        match self {
            // Its connections lead to the file that was opened, or nowhere.
            Self::Sqlite(_) => 0,
            Self::Postgres(server) => server.troubles.load(Ordering::Relaxed),
        }
    }

    /// Whether it is still the one that was opened. A server that is gone says so itself.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(file) => file.check(),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// SQLite's log.
    pub(crate) fn log(&self) -> Option<Log> {
        match self {
            Self::Sqlite(file) => Some(Log::of(file)),
            Self::Postgres(_) => None,
        }
    }

    /// Wakes who listens, in any process, if there is work. To be called after a commit; PostgreSQL does it with the commit.
    pub(crate) fn ring(&self, connection: &mut Connection) {
        if let Self::Sqlite(file) = self
            && (matches!(work::is_waiting(connection), Ok(true)) || matches!(outbox::has_new(connection), Ok(true)))
        {
            file.touch();
        }
    }

    /// Connections that are shared. Few: there is one writer at a time, and the others would only wait for it.
    pub(crate) fn pool(&self) -> Result<r2d2::Pool<Self>, StoreError> {
        // None in advance: most commands need one.
        let pool = r2d2::Pool::builder().max_size(4).min_idle(Some(0)).connection_timeout(PATIENCE);
        // Whoever asks for a connection is told what went wrong; saying it to the log each time as well would fill it.
        Ok(pool.error_handler(Box::new(r2d2::NopErrorHandler)).build(self.clone())?)
    }
}

/// Diesel's own manager tries one database after the other and keeps the last one's error.
impl r2d2::ManageConnection for Database {
    type Connection = Session;
    type Error = StoreError;

    fn connect(&self) -> Result<Session, StoreError> {
        self.establish()
    }

    fn is_valid(&self, session: &mut Session) -> Result<(), StoreError> {
        if !self.trusts(session) {
            return Err(StoreError::Unavailable("the session is from before a failure".to_owned()));
        }
        Ok(session.connection.ping()?)
    }

    fn has_broken(&self, session: &mut Session) -> bool {
        std::thread::panicking() || !self.trusts(session) || session.connection.is_broken()
    }
}
