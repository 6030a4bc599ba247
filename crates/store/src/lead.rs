use diesel::r2d2::R2D2Connection;

use crate::begin::Begin;
use crate::connection::{Connection, transaction};
use crate::database::Database;
use crate::{Store, StoreError, Work, postgres, work};

/// The right to remove rows of work: of the processes on one PostgreSQL, one has it, until it ends or loses its session.
///
/// On SQLite everybody has it: there the processes are on one machine, and the lock in the published tree sees to it that one
/// works at a time.
pub struct Lead {
    store: Store,
    session: Option<Connection>,
}

impl Store {
    /// Takes the lead, unless another process has it.
    pub fn lead(&self) -> Result<Option<Lead>, StoreError> {
        let Database::Postgres(url) = &self.database else {
            return Ok(Some(Lead { store: self.clone(), session: None }));
        };
        let mut session = postgres::establish(url)?;
        let leads = match &mut session {
            Connection::Postgres(session) => postgres::try_lead(session)?,
            Connection::Sqlite(_) => false,
        };
        Ok(leads.then(|| Lead { store: self.clone(), session: Some(session) }))
    }
}

impl Lead {
    /// Whether it is still ours: the lock lives as long as the session.
    pub fn check(&mut self) -> Result<(), StoreError> {
        match &mut self.session {
            Some(session) => Ok(session.ping()?),
            None => Ok(()),
        }
    }

    /// Removes rows whose effect is on disk: these rows and no others, for new ones may have come since they were read.
    ///
    /// In the session that holds the lock. Who has lost it removes nothing, and the next one does the work again.
    pub fn finish_work(&mut self, done: &[Work]) -> Result<(), StoreError> {
        match (&mut self.session, done) {
            (_, []) => Ok(()),
            (Some(session), done) => transaction(session, Begin::Write, |connection| work::remove(connection, done)),
            (None, done) => self.store.write(|connection| work::remove(connection, done)),
        }
    }
}

/// The session alone would do, but the server hears that it has ended a moment after we do.
impl Drop for Lead {
    fn drop(&mut self) {
        if let Some(Connection::Postgres(session)) = &mut self.session {
            postgres::give_up_lead(session);
        }
    }
}
