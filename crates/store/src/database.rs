//! Where the database is, and how one gets a connection to it.

use std::time::Duration;

use diesel::r2d2::R2D2Connection;

use crate::connection::Connection;
use crate::file::DatabaseFile;
use crate::{StoreError, StoreUrl, identity, migrations, outbox, postgres, schema_state, sqlite, work};

/// How long a caller waits for a connection before the store counts as unavailable.
pub(crate) const PATIENCE: Duration = Duration::from_secs(4);

/// A database that is there and has this version's schema.
#[derive(Clone)]
pub(crate) enum Database {
    Sqlite(DatabaseFile),
    Postgres(String),
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
            StoreUrl::Postgres(url) => Self::Postgres(url.clone()),
        };
        schema_state::require(&mut database.establish()?)?;
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
                Self::Postgres(url.clone())
            }
        };
        let mut connection = database.establish()?;
        schema_state::require(&mut connection)?;
        identity::settle(&mut connection, &database)?;
        Ok(database)
    }

    /// A connection of one's own.
    pub(crate) fn establish(&self) -> Result<Connection, StoreError> {
        match self {
            Self::Sqlite(file) => sqlite::establish(&file.address()),
            Self::Postgres(url) => postgres::establish(url),
        }
    }

    /// Whether it is still the one that was opened. A server that is gone says so itself.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(file) => file.check(),
            Self::Postgres(_) => Ok(()),
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
        // None in advance: OpenSSL tidies up when a process ends, and crashes if a thread in the background connects just then.
        let pool = r2d2::Pool::builder().max_size(4).min_idle(Some(0)).connection_timeout(PATIENCE);
        // Whoever asks for a connection is told what went wrong; saying it to the log each time as well would fill it.
        Ok(pool.error_handler(Box::new(r2d2::NopErrorHandler)).build(self.clone())?)
    }
}

/// Diesel's own manager tries one database after the other and keeps the last one's error.
impl r2d2::ManageConnection for Database {
    type Connection = Connection;
    type Error = StoreError;

    fn connect(&self) -> Result<Connection, StoreError> {
        self.establish()
    }

    fn is_valid(&self, connection: &mut Connection) -> Result<(), StoreError> {
        Ok(connection.ping()?)
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        std::thread::panicking() || connection.is_broken()
    }
}
