use crate::engine::database::Database;
use crate::engine::identity;
use crate::engine::leases::{self, Lease};
use crate::tables::work;
use crate::{Store, StoreError, Work};

/// The right to remove rows of work: of the processes on one PostgreSQL, one has it.
///
/// It is a lease: it ends when this is dropped, or some seconds after the process has died. On SQLite every process has it: there
/// the processes are on one machine, and the lock in the published tree sees to it that one works at a time.
pub struct Lead {
    store: Store,
    lease: Option<Lease>,
    /// The published tree that is brought up to date. None before [`Lead::switch_tree`].
    tree: Option<String>,
}

impl Store {
    /// Takes the lead, unless another process has it.
    pub fn lead(&self) -> Result<Option<Lead>, StoreError> {
        if let Database::Sqlite(_) = &self.database {
            return Ok(Some(Lead { store: self.clone(), lease: None, tree: None }));
        }
        let lease = Lease::take(self, leases::LEAD)?;
        Ok(lease.map(|lease| Lead { store: self.clone(), lease: Some(lease), tree: None }))
    }
}

/// The right to take changes and departures of articles over from the built site: of the processes on one database, one has it. The
/// others may have been started with an older build, or a newer one.
pub struct CatalogueLead(Lease);

impl Store {
    /// Takes the lead in keeping the catalogue, unless another process has it.
    pub fn lead_catalogue(&self) -> Result<Option<CatalogueLead>, StoreError> {
        Ok(Lease::take(self, leases::CATALOGUE)?.map(CatalogueLead))
    }
}

impl CatalogueLead {
    /// Whether this process still has it; [`StoreError::LeaseLost`] where another one does.
    pub fn check(&self) -> Result<(), StoreError> {
        self.0.check()
    }
}

impl Lead {
    /// Whether this process still leads; [`StoreError::LeaseLost`] where another one does. After any other error it may still lead.
    pub fn check(&mut self) -> Result<(), StoreError> {
        self.lease.as_ref().map_or(Ok(()), Lease::check)
    }

    /// From now on, rows of work say what the published tree `to` lacks; until now they spoke of `from`. Where the two differ, the caller
    /// has to compare all of `to`, and must have made sure that it does so even after a crash.
    ///
    /// Fails with [`StoreError::OtherTree`] where they do not speak of `from` any more.
    pub fn switch_tree(&mut self, from: &str, to: &str) -> Result<(), StoreError> {
        if to != from {
            self.store.write(|connection| {
                self.lease.as_ref().map_or(Ok(()), |lease| lease.check_in(connection))?;
                if identity::tree(connection)? != from {
                    return Err(StoreError::OtherTree);
                }
                identity::set_tree(connection, to)
            })?;
        }
        self.tree = Some(to.to_owned());
        Ok(())
    }

    /// Removes rows whose effect is on disk: these rows and no others, for new ones may have come since they were read.
    ///
    /// The lease is verified in the same transaction. A process that has lost it removes nothing, and the next leader does the work
    /// again. So is the tree: [`StoreError::OtherTree`] where another process has switched to another one, which lacks what the rows say.
    pub fn finish_work(&mut self, done: &[Work]) -> Result<(), StoreError> {
        if done.is_empty() {
            return Ok(());
        }
        self.store.write(|connection| {
            self.lease.as_ref().map_or(Ok(()), |lease| lease.check_in(connection))?;
            if self.tree.is_some() && self.tree != Some(identity::tree(connection)?) {
                return Err(StoreError::OtherTree);
            }
            work::remove(connection, done)
        })
    }
}
