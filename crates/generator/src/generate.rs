use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ardoise_model::ArticlePath;
use ardoise_store::{Lead, Store};

use crate::changes::PendingChanges;
use crate::lists::CountsThrottle;
use crate::run::{Progress, Run, RunContext, Scope};
use crate::tree::{self, LockMode, Mark, MarkHeader, Tree};
use crate::{Difference, GeneratorError, Settings, StopSignal, lists, owner};

/// How often a comparison checks whether the generator that it waits for has finished.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// The result of one run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunReport {
    /// Number of files written or removed.
    pub files: u64,
    /// Articles of which a file was written or removed.
    pub articles: BTreeSet<ArticlePath>,
    /// The run was stopped early. The next run continues from there.
    pub interrupted: bool,
    /// The rows of work referred to another tree before.
    pub is_other_tree: bool,
    /// This process had the lead: rows of work were removed, and jobs for the changes enqueued.
    pub has_led: bool,
}

/// Turns approved comments into the published tree.
#[derive(Clone)]
pub struct Generator {
    store: Store,
    to: PathBuf,
    settings: Settings,
    /// Whether the folder is known to be ours. It stays so even if its mark is removed.
    is_ours: Arc<AtomicBool>,
    stop: StopSignal,
    throttle: CountsThrottle,
    changes: PendingChanges,
}

impl Generator {
    /// Creates a generator that reads `store` and owns the folder `to`.
    pub fn new(store: Store, to: PathBuf, settings: Settings) -> Self {
        Self {
            store,
            to,
            settings,
            is_ours: Arc::default(),
            stop: StopSignal::default(),
            throttle: CountsThrottle::default(),
            changes: PendingChanges::default(),
        }
    }

    /// Returns a copy whose full runs end early when `stop` is set.
    #[must_use]
    pub fn until(&self, stop: &StopSignal) -> Self {
        Self { stop: stop.clone(), ..self.clone() }
    }

    /// Returns a copy that does not delay writing a large `counts.json`.
    #[must_use]
    pub(crate) fn unthrottled(&self) -> Self {
        Self { throttle: CountsThrottle::default(), ..self.clone() }
    }

    /// Returns the database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Does one run, waiting for other generators. On return, all files are on disk. While another process leads, that process removes the
    /// rows of work, after its own check.
    pub fn run(&self, scope: Scope, progress: Progress<'_>) -> Result<RunReport, GeneratorError> {
        self.run_with(scope, LockMode::Wait, None, &CountsThrottle::default(), progress).map_err(|error| error.explained(&self.to))
    }

    /// Does one run as the leading process. On return, all files are on disk, except a large `counts.json`, which may follow later; and the
    /// rows of work that were done are removed. Fails with [`GeneratorError::Busy`] if another generator is at work or, depending on
    /// `lock_mode`, waits.
    pub(crate) fn run_leading(&self, scope: Scope, lead: &mut Lead, lock_mode: LockMode) -> Result<RunReport, GeneratorError> {
        lead.check()?;
        self.run_with(scope, lock_mode, Some(lead), &self.throttle, &|_, _| {}).map_err(|error| error.explained(&self.to))
    }

    /// Fails if the published comments come from another database. Must be called before this database is used otherwise.
    pub fn check_owner(&self) -> Result<(), GeneratorError> {
        owner::check(&self.to, &self.store)
    }

    /// Assigns a tree that was written from another database to this one. The next run compares everything.
    pub fn adopt(&self) -> Result<(), GeneratorError> {
        Tree::lock(&self.to, self.is_ours.load(Ordering::Relaxed), LockMode::Wait, self.header()?, || Ok(()), &mut |_| {})?
            .set_mark(Mark::Begun)
    }

    fn header(&self) -> Result<MarkHeader, GeneratorError> {
        Ok(MarkHeader { database: self.store.database_id()?, settings: self.settings.to_string(), ..MarkHeader::default() })
    }

    /// `lead` is the caller's lease, if it has one.
    fn run_with(
        &self,
        scope: Scope,
        lock_mode: LockMode,
        lead: Option<&mut Lead>,
        throttle: &CountsThrottle,
        progress: Progress<'_>,
    ) -> Result<RunReport, GeneratorError> {
        let mut files = 0;
        let mut found = |_| {
            files += 1;
            self.changes.add_file();
        };
        let ours = self.is_ours.load(Ordering::Relaxed);
        let mut tree = Tree::lock(&self.to, ours, lock_mode, self.header()?, || self.check_owner(), &mut found)?;
        self.is_ours.store(true, Ordering::Relaxed);
        // Taken only after the tree was locked: the process that held the tree may have held the lease.
        let mut own = if lead.is_none() { self.store.lead()? } else { None };
        let mut lead = lead.or(own.as_mut());
        let is_other_tree = self.switch_tree(&mut tree, lead.as_deref_mut())?;
        let has_led = lead.is_some();
        let mut run = Run::new(&self.store, &self.settings, tree, lead, RunContext { throttle, stop: &self.stop, changes: &self.changes });
        let result = run.execute(scope, progress);
        // Before the error is returned: other files may have changed.
        let announced = run.announce_changes();
        let Run { articles, interrupted, .. } = run;
        result.and(announced)?;
        Ok(RunReport { files, articles, interrupted, is_other_tree, has_led })
    }

    /// Makes `tree` the one that the rows of work refer to. If they referred to another tree, this one may lack changes whose rows are
    /// gone. The mark is reset on disk before the database is updated, so that after a crash the tree does not count as complete.
    ///
    /// Returns whether the rows referred to another tree.
    fn switch_tree(&self, tree: &mut Tree<'_>, lead: Option<&mut Lead>) -> Result<bool, GeneratorError> {
        let id = tree.id().to_owned();
        let before = self.store.tree()?;
        if before != id {
            tree.set_mark(Mark::Begun)?;
        }
        if let Some(lead) = lead {
            lead.switch_tree(&before, &id)?;
        }
        Ok(before != id && !before.is_empty())
    }

    /// Returns whether there is anything to do now: rows of work, lists that are due, or a tree that was never completed.
    pub fn has_work(&self) -> Result<bool, GeneratorError> {
        Ok(tree::complete_id(&self.to) != Some(self.store.tree()?)
            || self.store.has_work()?
            || lists::challenge_is_old(&self.store, &self.to, &self.settings)?
            || (lists::counts_are_behind(&self.store, &self.to)? && self.throttle.is_due()))
    }

    /// Calls `found` with each difference between the tree and the database. Changes nothing.
    ///
    /// First waits while rows of work exist or a generator is at work, `timeout` at most: a recent decision is not a difference.
    pub fn check(&self, timeout: Duration, progress: Progress<'_>, found: &mut dyn FnMut(Difference)) -> Result<(), GeneratorError> {
        let begun = Instant::now();
        while begun.elapsed() < timeout && (self.store.has_work()? || tree::is_held(&self.to)) {
            std::thread::sleep(POLL_INTERVAL);
        }
        let (throttle, changes) = (CountsThrottle::default(), PendingChanges::default());
        let context = RunContext { throttle: &throttle, stop: &self.stop, changes: &changes };
        Run::new(&self.store, &self.settings, Tree::compare(&self.to, found), None, context).run_full(None, progress)
    }
}
