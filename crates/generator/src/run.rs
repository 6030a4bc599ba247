//! One run of the generator, from rows to files.

use std::collections::{BTreeSet, HashSet};
use std::io;

use ardoise_model::{Actor, ArticlePath, CommentId, Unrenderable};
use ardoise_store::{Lead, Lists, Store, Work};

use crate::batch::{Batch, MOST_ARTICLES, Made, batches};
use crate::lists::{self, Pace};
use crate::published::article;
use crate::scope::{Progress, Scope};
use crate::shown::{Comments, Shown};
use crate::tree::{Expected, Mark, Tree};
use crate::{Feeds, GeneratorError, Settings, StopSignal};

/// The name of the check that holds comments which cannot be rendered.
const UNRENDERABLE: &str = "renderer";

/// One run on a locked tree, and what it has done so far.
pub(crate) struct Run<'a> {
    store: &'a Store,
    settings: &'a Settings,
    tree: Tree<'a>,
    /// `None` if another process leads. That process removes the rows of work.
    lead: Option<&'a mut Lead>,
    pace: &'a Pace,
    stop: &'a StopSignal,
    pub(crate) articles: BTreeSet<ArticlePath>,
    pub(crate) interrupted: bool,
    /// During a full run: the articles that rows of work have named since it began.
    named: Option<HashSet<ArticlePath>>,
    /// The first error. It does not stop the work on other articles.
    failed: Option<io::Error>,
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
        pace: &'a Pace,
        stop: &'a StopSignal,
    ) -> Self {
        let is_trusted = *tree.mark() == Mark::Complete;
        let (articles, unwritten, unrenderable) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        let (interrupted, named, failed) = (false, None, None);
        Self { store, settings, tree, lead, pace, stop, articles, interrupted, named, failed, unwritten, is_trusted, unrenderable }
    }

    /// Does the rows of work, and a full run if the tree was never completed or `scope` asks for it.
    pub(crate) fn go(&mut self, scope: Scope, progress: Progress<'_>) -> Result<(), GeneratorError> {
        self.do_all(scope, progress).map_err(|error| {
            // If the folder is gone, that is the cause, and it is reported instead of the file that could not be written.
            if let Err(gone) = self.tree.check_still_there() { gone } else { error }
        })
    }

    fn do_all(&mut self, scope: Scope, progress: Progress<'_>) -> Result<(), GeneratorError> {
        let from = match self.tree.mark().clone() {
            Mark::Complete if scope == Scope::Changes => {
                self.changes(progress)?;
                return self.end();
            }
            Mark::BuiltUpTo(path) => Some(path),
            Mark::Complete | Mark::Begun => None,
        };
        self.all(from, progress)?;
        self.end()
    }

    fn end(&mut self) -> Result<(), GeneratorError> {
        self.tree.check_still_there()?;
        self.failed.take().map_or(Ok(()), |error| Err(error.into()))
    }

    /// Writes the articles that rows of work name, and the small lists. Rows that come during the last batch are left to the next run:
    /// under load this one would not end, while other generators wait for the tree.
    fn changes(&mut self, progress: Progress<'_>) -> Result<(), GeneratorError> {
        let (mut after, mut done) = (0, 0);
        // The rows are read before the comments: a later change has a row that this run does not remove. The lists come from the same
        // snapshot of the database as the rows. Otherwise they would show comments whose articles are not written yet.
        while let Some((work, lists)) = self.store.next_work(after, MOST_ARTICLES, lists::SIZES)? {
            after = work.last().map_or(after, |last| last.id);
            done += work.len();
            let (shown, failed) = self.write_named(&work, &lists)?;
            progress(done, done);
            lists::write_small(&mut self.tree, self.settings, &lists, &shown)?;
            self.tree.check_still_there()?;
            let has_held_back = self.hold_published()?;
            let is_last = work.len() < MOST_ARTICLES as usize && !has_held_back;
            let written: Vec<Work> = work.into_iter().filter(|work| !failed.contains(&work.article)).collect();
            if let Some(lead) = &mut self.lead {
                lead.finish_work(&written)?;
            }
            // Remaining rows stay in the database for the next start.
            if self.stop.is_overdue() {
                return Ok(());
            }
            if is_last {
                break;
            }
        }
        lists::write_challenge_if_other(self.store, &mut self.tree, self.settings)?;
        // If the tree is not complete, all counts are written at the end of the full run that is under way.
        if self.is_trusted && (self.pace.is_due() || lists::counts_are_far_behind(self.store, &self.tree, self.pace)?) {
            lists::write_counts_if_behind(self.store, &mut self.tree, &self.unwritten, self.pace)?;
        }
        Ok(())
    }

    /// Writes the articles that the rows name. Returns what readers now find of the articles in `lists`, and the articles that could not be
    /// written.
    fn write_named(&mut self, work: &[Work], lists: &Lists) -> Result<(Shown, HashSet<ArticlePath>), GeneratorError> {
        let mut seen = HashSet::new();
        let named: Vec<_> = work.iter().filter(|work| seen.insert(&work.article)).map(|w| (w.article.clone(), w.comments)).collect();
        if let Some(newer) = &mut self.named {
            newer.extend(named.iter().map(|(article, _)| article.clone()));
        }
        let mut shown = self.shown(lists, |article| seen.contains(article));
        let mut failed = HashSet::new();
        for batch in batches(&named) {
            let made = Batch::make(self.store, &self.tree.place(), self.settings, &batch)?;
            let mut takes_away = false;
            for Made { article, shows, .. } in &made.articles {
                takes_away |= shown.take_away(article, shows);
            }
            // A comment that is taken down disappears from the lists before it disappears from its article.
            if takes_away {
                lists::write_small(&mut self.tree, self.settings, lists, &shown)?;
            }
            failed.extend(self.put(made, &mut shown)?);
        }
        Ok((shown, failed))
    }

    /// Returns what readers find now of those articles in `lists` whose files may be older than the lists: those still to be written and
    /// those that could not be.
    fn shown(&self, lists: &Lists, is_named: impl Fn(&ArticlePath) -> bool) -> Shown {
        let may_be_older = |article: &ArticlePath| {
            !self.is_trusted || is_named(article) || lists.waiting.contains(article) || self.unwritten.contains(article)
        };
        Shown::on_disk(&self.tree.place(), lists.articles().into_iter().filter(|article| may_be_older(article)))
    }

    /// Writes every article after `from`, then the lists, and then removes surplus files. Rows of work are done between the batches. While
    /// one batch is flushed, the next one is made.
    pub(crate) fn all(&mut self, from: Option<ArticlePath>, progress: Progress<'_>) -> Result<(), GeneratorError> {
        if *self.tree.mark() == Mark::Begun {
            // Written before the first file changes: until now the mark may describe a tree built with other settings.
            self.tree.set_mark(Mark::Begun)?;
        }
        if self.lead.is_some() {
            lists::begin_epoch_if_restored(self.store, &self.tree)?;
        }
        let all = usize::try_from(self.store.published_count(from.as_ref())?).unwrap_or(usize::MAX);
        let place = self.tree.place();
        let (mut after, mut done) = (from, 0);
        let mut made: Option<Batch> = None;
        self.named = Some(HashSet::new());
        loop {
            if !place.is_only_compared() {
                self.changes(&|_, _| {})?;
            }
            let (store, settings) = (self.store, self.settings);
            let next = std::thread::scope(|scope| {
                let next = scope.spawn(|| Batch::make_next(store, &place, settings, after.as_ref()));
                if let Some(batch) = made.take() {
                    done += batch.articles.len();
                    self.put_all(batch)?;
                    progress(done.min(all), all);
                }
                next.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })?;
            let Some(next) = next else { break };
            after.clone_from(&next.articles.last().map(|made| made.article.clone()));
            made = Some(next);
            if self.stop.is_set() {
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
        self.rest()
    }

    /// Applies a batch of a full run. Articles that rows of work have named since then are skipped, because their files are newer.
    fn put_all(&mut self, mut batch: Batch) -> Result<(), GeneratorError> {
        let last = batch.articles.last().map(|made| made.article.clone());
        if let Some(named) = &self.named {
            batch.articles.retain(|made| !named.contains(&made.article));
        }
        self.put(batch, &mut Shown::default())?;
        self.hold_published()?;
        match last {
            Some(last) if *self.tree.mark() != Mark::Complete && self.failed.is_none() => self.tree.set_mark(Mark::BuiltUpTo(last)),
            _ => Ok(()),
        }
    }

    fn finish_full_run(&mut self) -> Result<(), GeneratorError> {
        if !self.tree.place().is_only_compared() {
            // Rows that came while the last batch was applied, such as that of a comment that cannot be rendered.
            self.changes(&|_, _| {})?;
        }
        // From here on, every file is as new as the rows of work that were removed.
        self.is_trusted = true;
        let lists = self.store.lists(lists::SIZES)?;
        // A comparison is with the database, not with what is on disk.
        let shown = if self.tree.place().is_only_compared() { Shown::default() } else { self.shown(&lists, |_| false) };
        lists::write_small(&mut self.tree, self.settings, &lists, &shown)?;
        lists::write_counts(self.store, &mut self.tree, &self.unwritten, self.pace)?;
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
        if self.failed.is_none() {
            self.tree.check_still_there()?;
            self.tree.set_mark(Mark::Complete)?;
        }
        Ok(())
    }

    /// Puts comments that cannot be rendered back into the moderators' queue. They no longer count, and their articles get another row of
    /// work. Returns whether there were any.
    fn hold_published(&mut self) -> Result<bool, GeneratorError> {
        let found = std::mem::take(&mut self.unrenderable);
        if found.is_empty() || self.tree.place().is_only_compared() {
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
    fn put(&mut self, batch: Batch, shown: &mut Shown) -> Result<Vec<ArticlePath>, GeneratorError> {
        let mut failed = Vec::new();
        let (mut articles, mut groups) = (Vec::new(), Vec::new());
        for Made { article, changes, shows, unrenderable } in batch.articles {
            self.unrenderable.extend(unrenderable.into_iter().map(|id| (article.clone(), id)));
            match changes {
                Ok(changes) if changes.is_empty() => self.written(&article, shows, shown),
                Ok(changes) => {
                    articles.push((article, shows));
                    groups.push(changes);
                }
                Err(GeneratorError::Io(error)) => self.fail(&mut failed, article, error),
                Err(error) => return Err(error),
            }
        }
        for ((article, shows), outcome) in articles.into_iter().zip(self.tree.apply(groups)) {
            match outcome {
                Ok(()) => {
                    self.written(&article, shows, shown);
                    self.articles.insert(article);
                }
                Err(error) => self.fail(&mut failed, article, error),
            }
        }
        Ok(failed)
    }

    fn written(&mut self, article: &ArticlePath, comments: Comments, shown: &mut Shown) {
        self.unwritten.remove(article);
        shown.set(article, comments);
    }

    fn fail(&mut self, failed: &mut Vec<ArticlePath>, article: ArticlePath, error: io::Error) {
        self.failed.get_or_insert(error);
        self.unwritten.insert(article.clone());
        failed.push(article);
    }
}
