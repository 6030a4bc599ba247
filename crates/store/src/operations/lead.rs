use ardoise_model::Timestamp;

use crate::engine::connection::Connection;
use crate::engine::database::Database;
use crate::engine::leases::{self, Lease};
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::tables::work::{self, Work};
use crate::tables::{identity, jobs};

/// The right to remove rows of work, which one of the processes on a PostgreSQL database has.
///
/// It is a lease: it ends when this is dropped, or some seconds after the process has died. On SQLite every process has it, because all
/// processes are on one machine, and the lock in the published tree lets one of them work at a time.
pub struct Lead {
    store: Store,
    lease: Option<Lease>,
    /// The published tree that is brought up to date; `None` before [`Lead::switch_tree`].
    tree: Option<String>,
}

/// The right to change and remove articles of the catalogue, which one of the processes on a database has. The other processes may have
/// been started with an older or newer build of the site.
pub struct CatalogueLead(Lease);

impl Store {
    /// Takes the lead. Returns `None` if another process has it.
    pub fn lead(&self) -> Result<Option<Lead>, StoreError> {
        if let Database::Sqlite(_) = &self.database {
            return Ok(Some(Lead { store: self.clone(), lease: None, tree: None }));
        }
        let lease = Lease::take(self, leases::LEAD)?;
        Ok(lease.map(|lease| Lead { store: self.clone(), lease: Some(lease), tree: None }))
    }

    /// Takes the lead in maintaining the catalogue. Returns `None` if another process has it.
    pub fn lead_catalogue(&self) -> Result<Option<CatalogueLead>, StoreError> {
        Ok(Lease::take(self, leases::CATALOGUE)?.map(CatalogueLead))
    }
}

impl CatalogueLead {
    /// Checks that this process still has the lead. Fails with [`StoreError::LeaseLost`] if another process has taken it.
    pub fn check(&self) -> Result<(), StoreError> {
        self.0.check()
    }
}

impl Lead {
    /// Checks that this process still leads. Fails with [`StoreError::LeaseLost`] if another process has taken the lead. After any other
    /// error, this process may still lead.
    pub fn check(&mut self) -> Result<(), StoreError> {
        self.lease.as_ref().map_or(Ok(()), Lease::check)
    }

    /// Makes the rows of work belong to the published tree `to` instead of `from`. If the two differ, the caller has to compare every file
    /// of `to`, and must have made sure that it does so even after a crash.
    ///
    /// Fails with [`StoreError::OtherTree`] if the rows do not belong to `from` any more.
    pub fn switch_tree(&mut self, from: &str, to: &str) -> Result<(), StoreError> {
        if to != from {
            self.store.write(|connection| {
                self.check_in(connection)?;
                if identity::tree(connection)? != from {
                    return Err(StoreError::OtherTree);
                }
                identity::set_tree(connection, to)
            })?;
        }
        self.tree = Some(to.to_owned());
        Ok(())
    }

    /// Removes exactly these rows, whose effect is on disk, and enqueues jobs for the consumers of changes: one for each subject in `changed`,
    /// the path of an article, or an empty one for other files. Rows that were added since they were read stay.
    ///
    /// The same transaction checks the lease: a process that has lost it removes nothing, and the next leader does the work again. It also
    /// checks the tree: fails with [`StoreError::OtherTree`] if another process has switched to another tree, which lacks the changes.
    pub fn finish_work(&mut self, done: &[Work], changed: &[String], now: Timestamp) -> Result<(), StoreError> {
        let consumers = &self.store.consumers.changes;
        if done.is_empty() && self.is_enqueued(changed, now)? {
            return Ok(());
        }
        self.store.write(|connection| {
            self.check_in(connection)?;
            if self.tree.is_some() && self.tree != Some(identity::tree(connection)?) {
                return Err(StoreError::OtherTree);
            }
            work::remove(connection, done)?;
            consumers.iter().try_for_each(|queue| jobs::add_changes(connection, queue, changed, now))
        })
    }

    /// Whether every consumer has the jobs already. An unclaimed job that is due covers a change of other files, because it is done after that
    /// change. Looking before the transaction saves most transactions.
    fn is_enqueued(&self, changed: &[String], now: Timestamp) -> Result<bool, StoreError> {
        let consumers = &self.store.consumers.changes;
        if changed.is_empty() || consumers.is_empty() {
            return Ok(true);
        }
        if changed.iter().any(|subject| !subject.is_empty()) {
            return Ok(false);
        }
        for queue in consumers {
            let is_due = self.store.next_due(queue)?.is_some_and(|due| due <= now);
            if !is_due || self.store.newest_job(queue)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn check_in(&self, connection: &mut Connection) -> Result<(), StoreError> {
        self.lease.as_ref().map_or(Ok(()), |lease| lease.check_in(connection))
    }
}
