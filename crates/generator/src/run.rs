//! One run of the generator, from rows to files.

use std::collections::{BTreeSet, HashSet};
use std::io;

use ardoise_model::{Actor, ArticlePath, CommentId, Unrenderable};
use ardoise_store::{Lead, Lists, Store, Work};

use crate::batch::{ArticleBatch, ArticleChanges, MAX_ARTICLES, batches};
use crate::changes::PendingChanges;
use crate::lists::{self, CountsThrottle};
use crate::published::article;
use crate::tree::{Expected, Mark, Tree};
use crate::visible::{CommentIds, VisibleComments};
use crate::{Feeds, GeneratorError, Settings, StopSignal};

/// How much one run examines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// The articles that rows of work name.
    #[default]
    Changes,
    /// Every article, and every surplus file.
    Full,
}

/// Called with the number of articles done and the number of all articles.
pub type Progress<'a> = &'a dyn Fn(usize, usize);

/// The name of the check that holds comments which cannot be rendered.
const UNRENDERABLE: &str = "renderer";

/// What runs share with each other and with the caller.
#[derive(Clone, Copy)]
pub(crate) struct RunContext<'a> {
    pub(crate) throttle: &'a CountsThrottle,
    pub(crate) stop: &'a StopSignal,
    /// What was changed, until the consumers have jobs for it.
    pub(crate) changes: &'a PendingChanges,
}

/// One run on a locked tree, and what it has done so far.
pub(crate) struct Run<'a> {
    store: &'a Store,
    settings: &'a Settings,
    tree: Tree<'a>,
    /// `None` if another process leads. That process removes the rows of work.
    lead: Option<&'a mut Lead>,
    context: RunContext<'a>,
    pub(crate) articles: BTreeSet<ArticlePath>,
    pub(crate) interrupted: bool,
    /// During a full run: the articles that rows of work have named since it began.
    named: Option<HashSet<ArticlePath>>,
    /// The first error. It does not stop the work on other articles.
    first_error: Option<io::Error>,
    /// The articles that could not be written. Lists show for them what is on disk.
    unwritten: BTreeSet<ArticlePath>,
    /// Whether all files are up to date except those that rows of work name. If not, lists show what is on disk.
    is_trusted: bool,
    /// Comments that cannot be rendered, with their articles.
    unrenderable: Vec<(ArticlePath, CommentId)>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(
        store: &'a Store,
        settings: &'a Settings,
        tree: Tree<'a>,
        lead: Option<&'a mut Lead>,
        context: RunContext<'a>,
    ) -> Self {
        let is_trusted = *tree.mark() == Mark::Complete;
        let (articles, unwritten, unrenderable) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        let (interrupted, named, first_error) = (false, None, None);
        Self { store, settings, tree, lead, context, articles, interrupted, named, first_error, unwritten, is_trusted, unrenderable }
    }

    /// Does the rows of work, and a full run if the tree was never completed or `scope` asks for it.
    pub(crate) fn execute(&mut self, scope: Scope, progress: Progress<'_>) -> Result<(), GeneratorError> {
        self.run_scope(scope, progress).map_err(|error| {
            // If the folder is gone, that is the cause, and it is reported instead of the file that could not be written.
            if let Err(gone) = self.tree.check_still_there() { gone } else { error }
        })
    }

    fn run_scope(&mut self, scope: Scope, progress: Progress<'_>) -> Result<(), GeneratorError> {
        let from = match self.tree.mark().clone() {
            Mark::Complete if scope == Scope::Changes => {
                self.process_work(progress)?;
                return self.finish();
            }
            Mark::BuiltUpTo(path) => Some(path),
            Mark::Complete | Mark::Begun => None,
        };
        self.run_full(from, progress)?;
        self.finish()
    }

    fn finish(&mut self) -> Result<(), GeneratorError> {
        self.tree.check_still_there()?;
        self.first_error.take().map_or(Ok(()), |error| Err(error.into()))
    }

    /// Writes the articles that rows of work name, and the small lists. Rows that come during the last batch are left to the next run:
    /// under load this one would not end, while other generators wait for the tree.
    fn process_work(&mut self, progress: Progress<'_>) -> Result<(), GeneratorError> {
        let (mut after, mut done) = (0, 0);
        // The rows are read before the comments: a later change has a row that this run does not remove. The lists come from the same
        // snapshot of the database as the rows. Otherwise they would show comments whose articles are not written yet.
        while let Some((work, lists)) = self.store.next_work(after, MAX_ARTICLES, lists::SIZES)? {
            after = work.last().map_or(after, |last| last.id);
            done += work.len();
            let (shown, failed) = self.write_articles(&work, &lists)?;
            progress(done, done);
            lists::write_small(&mut self.tree, self.settings, &lists, &shown)?;
            self.tree.check_still_there()?;
            let has_held_back = self.hold_published()?;
            let is_last = work.len() < MAX_ARTICLES as usize && !has_held_back;
            let written: Vec<Work> = work.into_iter().filter(|work| !failed.contains(&work.article)).collect();
            // Also those whose files do not differ: a process that died may have written them without announcing them.
            for work in &written {
                self.context.changes.add_article(work.article.clone());
            }
            self.finish_work(&written)?;
            // Remaining rows stay in the database for the next start.
            if self.context.stop.is_overdue() {
                return Ok(());
            }
            if is_last {
                break;
            }
        }
        lists::write_challenge_if_other(self.store, &mut self.tree, self.settings)?;
        // If the tree is not complete, all counts are written at the end of the full run that is under way.
        if self.is_trusted
            && (self.context.throttle.is_due() || lists::counts_are_far_behind(self.store, &self.tree, self.context.throttle)?)
        {
            lists::write_counts_if_behind(self.store, &mut self.tree, &self.unwritten, self.context.throttle)?;
        }
        Ok(())
    }

    /// Enqueues jobs for the changes of which none were enqueued yet.
    pub(crate) fn announce_changes(&mut self) -> Result<(), GeneratorError> {
        self.finish_work(&[])
    }

    /// Removes rows of work, and enqueues jobs for what was changed, in one transaction. Without the lead, another process does so.
    fn finish_work(&mut self, done: &[Work]) -> Result<(), GeneratorError> {
        if let Some(lead) = &mut self.lead {
            lead.finish_work(done, &self.context.changes.subjects(), (self.settings.clock)())?;
            self.context.changes.clear();
        }
        Ok(())
    }

    /// Writes the articles that the rows name. Returns what readers now find of the articles in `lists`, and the articles that could not be
    /// written.
    fn write_articles(&mut self, work: &[Work], lists: &Lists) -> Result<(VisibleComments, HashSet<ArticlePath>), GeneratorError> {
        let mut seen = HashSet::new();
        let named: Vec<_> = work.iter().filter(|work| seen.insert(&work.article)).map(|w| (w.article.clone(), w.comments)).collect();
        if let Some(newer) = &mut self.named {
            newer.extend(named.iter().map(|(article, _)| article.clone()));
        }
        let mut shown = self.shown(lists, |article| seen.contains(article));
        let mut failed = HashSet::new();
        for batch in batches(&named) {
            let made = ArticleBatch::make(self.store, &self.tree.location(), self.settings, &batch)?;
            let mut has_removals = false;
            for ArticleChanges { article, comment_ids, .. } in &made.articles {
                has_removals |= shown.retain(article, comment_ids);
            }
            // A comment that is taken down disappears from the lists before it disappears from its article.
            if has_removals {
                lists::write_small(&mut self.tree, self.settings, lists, &shown)?;
            }
            failed.extend(self.apply_batch(made, &mut shown)?);
        }
        Ok((shown, failed))
    }

    /// Returns what readers find now of those articles in `lists` whose files may be older than the lists: those still to be written and
    /// those that could not be.
    fn shown(&self, lists: &Lists, is_named: impl Fn(&ArticlePath) -> bool) -> VisibleComments {
        let may_be_older = |article: &ArticlePath| {
            !self.is_trusted || is_named(article) || lists.waiting.contains(article) || self.unwritten.contains(article)
        };
        VisibleComments::on_disk(&self.tree.location(), lists.articles().into_iter().filter(|article| may_be_older(article)))
    }

    /// Writes every article after `from`, then the lists, and then removes surplus files. Rows of work are done between the batches. While
    /// one batch is flushed, the next one is made.
    pub(crate) fn run_full(&mut self, from: Option<ArticlePath>, progress: Progress<'_>) -> Result<(), GeneratorError> {
        if *self.tree.mark() != Mark::Complete {
            // A process that died may have written files of the tree without announcing them.
            self.context.changes.add_file();
        }
        if *self.tree.mark() == Mark::Begun {
            // Written before the first file changes: until now the mark may describe a tree built with other settings.
            self.tree.set_mark(Mark::Begun)?;
        }
        if self.lead.is_some() {
            lists::begin_epoch_if_restored(self.store, &self.tree)?;
        }
        let all = usize::try_from(self.store.published_count(from.as_ref())?).unwrap_or(usize::MAX);
        let location = self.tree.location();
        let (mut after, mut done) = (from, 0);
        let mut made: Option<ArticleBatch> = None;
        self.named = Some(HashSet::new());
        loop {
            if !location.is_read_only() {
                self.process_work(&|_, _| {})?;
            }
            let (store, settings) = (self.store, self.settings);
            let next = std::thread::scope(|scope| {
                let next = scope.spawn(|| ArticleBatch::make_next(store, &location, settings, after.as_ref()));
                if let Some(batch) = made.take() {
                    done += batch.articles.len();
                    self.apply_full_batch(batch)?;
                    progress(done.min(all), all);
                }
                next.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })?;
            let Some(next) = next else { break };
            after.clone_from(&next.articles.last().map(|made| made.article.clone()));
            made = Some(next);
            if self.context.stop.is_set() {
                // The batch that was made but not applied is made again by the next run.
                self.interrupted = done > 0;
                if self.interrupted {
                    return Ok(());
                }
            }
            if let Some(lead) = &mut self.lead {
                lead.check()?;
            }
        }
        self.named = None;
        self.finish_full_run()
    }

    /// Applies a batch of a full run. Articles that rows of work have named since then are skipped, because their files are newer.
    fn apply_full_batch(&mut self, mut batch: ArticleBatch) -> Result<(), GeneratorError> {
        let last = batch.articles.last().map(|made| made.article.clone());
        if let Some(named) = &self.named {
            batch.articles.retain(|made| !named.contains(&made.article));
        }
        self.apply_batch(batch, &mut VisibleComments::default())?;
        self.hold_published()?;
        self.announce_changes()?;
        match last {
            Some(last) if *self.tree.mark() != Mark::Complete && self.first_error.is_none() => self.tree.set_mark(Mark::BuiltUpTo(last)),
            _ => Ok(()),
        }
    }

    fn finish_full_run(&mut self) -> Result<(), GeneratorError> {
        if !self.tree.location().is_read_only() {
            // Rows that came while the last batch was applied, such as that of a comment that cannot be rendered.
            self.process_work(&|_, _| {})?;
        }
        // From here on, every file is as new as the rows of work that were removed.
        self.is_trusted = true;
        let lists = self.store.lists(lists::SIZES)?;
        // A comparison is with the database, not with what is on disk.
        let shown = if self.tree.location().is_read_only() { VisibleComments::default() } else { self.shown(&lists, |_| false) };
        lists::write_small(&mut self.tree, self.settings, &lists, &shown)?;
        lists::write_counts(self.store, &mut self.tree, &self.unwritten, self.context.throttle)?;
        lists::write_challenge(self.store, &mut self.tree, self.settings)?;
        let mut expected = Expected::default();
        for file in lists::files(self.settings) {
            expected.add(file);
        }
        self.store.counts(&mut |path, count| {
            let path = ArticlePath::from_stored(path.to_owned());
            let pages = article::pages(usize::try_from(count).unwrap_or(usize::MAX));
            (1..=pages).for_each(|page| expected.add(&article::file(&path, page)));
            if self.settings.feeds == Feeds::Articles {
                expected.add(&path.feed_file());
            }
        })?;
        self.tree.sweep(&expected, (self.settings.clock)())?;
        if self.first_error.is_none() {
            self.tree.check_still_there()?;
            self.tree.set_mark(Mark::Complete)?;
        }
        Ok(())
    }

    /// Puts comments that cannot be rendered back into the moderators' queue. They no longer count, and their articles get another row of
    /// work. Returns whether there were any.
    fn hold_published(&mut self) -> Result<bool, GeneratorError> {
        let found = std::mem::take(&mut self.unrenderable);
        if found.is_empty() || self.tree.location().is_read_only() {
            return Ok(false);
        }
        for (article, id) in &found {
            tracing::error!(%id, %article, "{Unrenderable}. It is left out, and waits in the moderators' queue");
        }
        let ids: Vec<_> = found.into_iter().map(|(_, id)| id).collect();
        self.store.hold_published(&ids, UNRENDERABLE, &Actor::generator(), (self.settings.clock)())?;
        Ok(true)
    }

    /// Applies a batch and records in `shown` what the files hold. Returns the articles that could not be written.
    fn apply_batch(&mut self, batch: ArticleBatch, shown: &mut VisibleComments) -> Result<Vec<ArticlePath>, GeneratorError> {
        let mut failed = Vec::new();
        let (mut articles, mut groups) = (Vec::new(), Vec::new());
        for ArticleChanges { article, changes, comment_ids, unrenderable } in batch.articles {
            self.unrenderable.extend(unrenderable.into_iter().map(|id| (article.clone(), id)));
            match changes {
                Ok(changes) if changes.is_empty() => self.record_written(&article, comment_ids, shown),
                Ok(changes) => {
                    articles.push((article, comment_ids));
                    groups.push(changes);
                }
                Err(GeneratorError::Io(error)) => self.record_failure(&mut failed, article, error),
                Err(error) => return Err(error),
            }
        }
        for ((article, comment_ids), outcome) in articles.into_iter().zip(self.tree.apply(groups)) {
            match outcome {
                Ok(()) => {
                    self.record_written(&article, comment_ids, shown);
                    self.context.changes.add_article(article.clone());
                    self.articles.insert(article);
                }
                Err(error) => self.record_failure(&mut failed, article, error),
            }
        }
        Ok(failed)
    }

    fn record_written(&mut self, article: &ArticlePath, comments: CommentIds, shown: &mut VisibleComments) {
        self.unwritten.remove(article);
        shown.set(article, comments);
    }

    fn record_failure(&mut self, failed: &mut Vec<ArticlePath>, article: ArticlePath, error: io::Error) {
        self.first_error.get_or_insert(error);
        self.unwritten.insert(article.clone());
        failed.push(article);
    }
}
