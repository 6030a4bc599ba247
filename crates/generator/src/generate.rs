use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ardoise_model::ArticlePath;
use ardoise_store::{Lead, Store};

use crate::lists::Pace;
use crate::run::Run;
use crate::scope::{Progress, Scope};
use crate::tree::{self, Head, Mark, Tree, Turn};
use crate::{Difference, GeneratorError, Settings, StopSignal, lists, owner};

/// How often a comparison looks whether the generator that it waits for has ended.
const LOOK: Duration = Duration::from_millis(20);

/// What one run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunReport {
    /// How many files were written or removed.
    pub files: u64,
    /// Articles of which a file was written or removed.
    pub articles: BTreeSet<ArticlePath>,
    /// It was asked to stop before it had ended. The next run goes on from there.
    pub interrupted: bool,
    /// Rows of work spoke of another tree before.
    pub is_other_tree: bool,
}

/// Turns approved comments into the published tree.
#[derive(Clone)]
pub struct Generator {
    store: Store,
    to: PathBuf,
    settings: Settings,
    /// The folder was seen to be ours, and is, even when it loses its mark.
    is_ours: Arc<AtomicBool>,
    stop: StopSignal,
    pace: Pace,
}

impl Generator {
    /// A generator that reads `store` and owns the folder `to`.
    pub fn new(store: Store, to: PathBuf, settings: Settings) -> Self {
        Self { store, to, settings, is_ours: Arc::default(), stop: StopSignal::default(), pace: Pace::default() }
    }

    /// The same one, whose full runs end early when `stop` is set.
    #[must_use]
    pub fn until(&self, stop: &StopSignal) -> Self {
        Self { stop: stop.clone(), ..self.clone() }
    }

    /// The same one, which writes a large `counts.json` whenever it is behind.
    #[must_use]
    pub(crate) fn unpaced(&self) -> Self {
        Self { pace: Pace::default(), ..self.clone() }
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// One run, for whoever does not generate all the time. When it returns, all of it is on disk. Where another process has the lead,
    /// that one removes the rows of work, after looking for itself.
    pub fn run(&self, scope: Scope, progress: Progress<'_>) -> Result<RunReport, GeneratorError> {
        self.run_with(scope, (Turn::Wait, None), &Pace::default(), progress).map_err(|error| error.explained(&self.to))
    }

    /// One run of the one that leads. When it returns, all of it is on disk but for a large `counts.json`, which follows at its own
    /// pace; and the rows of work that it dealt with are gone. Fails with [`GeneratorError::Busy`] where it is another generator's turn.
    pub(crate) fn run_leading(&self, scope: Scope, lead: &mut Lead, turn: Turn) -> Result<RunReport, GeneratorError> {
        lead.check()?;
        self.run_with(scope, (turn, Some(lead)), &self.pace, &|_, _| {}).map_err(|error| error.explained(&self.to))
    }

    /// Fails if comments are published that came from another database. To be asked before anything else is done with this one.
    pub fn check_owner(&self) -> Result<(), GeneratorError> {
        owner::check(&self.to, &self.store)
    }

    /// Lets this database take over a tree that another one wrote: the next run looks at everything.
    pub fn adopt(&self) -> Result<(), GeneratorError> {
        Tree::lock(&self.to, (self.is_ours.load(Ordering::Relaxed), Turn::Wait), self.head()?, || Ok(()), &mut |_| {})?
            .set_mark(Mark::Begun)
    }

    fn head(&self) -> Result<Head, GeneratorError> {
        Ok(Head { database: self.store.database_id()?, settings: self.settings.to_string(), ..Head::default() })
    }

    /// `lead` is that of the caller, if it has one already.
    fn run_with(
        &self,
        scope: Scope,
        (turn, lead): (Turn, Option<&mut Lead>),
        pace: &Pace,
        progress: Progress<'_>,
    ) -> Result<RunReport, GeneratorError> {
        let mut files = 0;
        let mut found = |_| files += 1;
        let ours = self.is_ours.load(Ordering::Relaxed);
        let mut tree = Tree::lock(&self.to, (ours, turn), self.head()?, || self.check_owner(), &mut found)?;
        self.is_ours.store(true, Ordering::Relaxed);
        // Only now that it is our turn: whoever was before us may have had it.
        let mut own = if lead.is_none() { self.store.lead()? } else { None };
        let mut lead = lead.or(own.as_mut());
        let is_other_tree = self.switch_tree(&mut tree, lead.as_deref_mut())?;
        let mut run = Run::new(&self.store, &self.settings, tree, lead, pace, &self.stop);
        let gone = run.go(scope, progress);
        let Run { articles, interrupted, .. } = run;
        gone?;
        Ok(RunReport { files, articles, interrupted, is_other_tree })
    }

    /// Makes `tree` the one that rows of work speak of. If they spoke of another one, it lacks what no row says any more. Its mark says so
    /// on disk before the database does: a run that breaks off must not pass for one that has compared everything.
    ///
    /// Returns whether they spoke of another one.
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

    /// Whether there is anything to do just now: in the database, or in a tree that was never completed.
    pub fn has_work(&self) -> Result<bool, GeneratorError> {
        Ok(tree::complete_id(&self.to) != Some(self.store.tree()?)
            || self.store.has_work()?
            || lists::challenge_is_old(&self.store, &self.to, &self.settings)?
            || (lists::counts_are_behind(&self.store, &self.to)? && self.pace.is_due()))
    }

    /// Tells `found` of what differs between the tree and the database. Changes nothing.
    ///
    /// While rows of work wait, or a generator is at work, it waits, `patience` at most: what was decided just now is no difference.
    pub fn check(&self, patience: Duration, progress: Progress<'_>, found: &mut dyn FnMut(Difference)) -> Result<(), GeneratorError> {
        let begun = Instant::now();
        while begun.elapsed() < patience && (self.store.has_work()? || tree::is_held(&self.to)) {
            std::thread::sleep(LOOK);
        }
        let pace = Pace::default();
        Run::new(&self.store, &self.settings, Tree::compare(&self.to, found), None, &pace, &self.stop).all(None, progress)
    }
}
