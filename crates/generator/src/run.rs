//! One run of the generator, from rows to files.

use std::collections::{BTreeSet, HashSet};
use std::io;

use ardoise_model::ArticlePath;
use ardoise_store::{Lead, Store, Thread, Work};
use rayon::prelude::*;

use crate::generate::{Progress, Scope};
use crate::lists::{self, Pace};
use crate::published::article;
use crate::tree::{Change, Expected, Mark, Tree};
use crate::{GeneratorError, Stop};

/// As many articles, or comments, are held in memory at a time; one article is never split.
const MOST_ARTICLES: u32 = 512;
const MOST_COMMENTS: u64 = 8192;

/// A tree that is locked, and what was done to it so far.
pub(crate) struct Run<'a> {
    store: &'a Store,
    tree: Tree<'a>,
    /// None: another process removes rows of work.
    lead: Option<&'a mut Lead>,
    pace: &'a Pace,
    stop: &'a Stop,
    pub(crate) articles: BTreeSet<ArticlePath>,
    pub(crate) interrupted: bool,
    /// What went wrong first. It keeps no other article up, or down.
    failed: Option<io::Error>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(store: &'a Store, tree: Tree<'a>, lead: Option<&'a mut Lead>, pace: &'a Pace, stop: &'a Stop) -> Self {
        Self { store, tree, lead, pace, stop, articles: BTreeSet::new(), interrupted: false, failed: None }
    }

    /// Does what rows of work say, and all that has to be done where the tree was never completed or `scope` asks for it.
    pub(crate) fn go(&mut self, scope: Scope, progress: Progress<'_>) -> Result<(), GeneratorError> {
        self.do_all(scope, progress).map_err(|error| {
            // Where the folder is gone, that is what is wrong, and not the file that could not be written.
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

    /// What rows of work name, and what shows on every page.
    fn changes(&mut self, progress: Progress<'_>) -> Result<(), GeneratorError> {
        let (mut after, mut done) = (0, 0);
        loop {
            // Read before the comments are: whatever changes from here on has a row that this run does not remove.
            let work = self.store.work(after, MOST_ARTICLES)?;
            let Some(last) = work.last() else { break };
            after = last.id;
            done += work.len();
            let failed = self.write_named(&work)?;
            progress(done, done);
            lists::write_small(self.store, &mut self.tree)?;
            self.tree.check_still_there()?;
            let written: Vec<Work> = work.into_iter().filter(|work| !failed.contains(&work.article)).collect();
            if let Some(lead) = &mut self.lead {
                lead.finish_work(&written)?;
            }
        }
        if self.pace.is_due() || lists::counts_are_far_behind(self.store, &self.tree)? {
            lists::write_counts_if_behind(self.store, &mut self.tree, self.pace)?;
        }
        Ok(())
    }

    /// The articles that some rows name; gives those that could not be written.
    fn write_named(&mut self, work: &[Work]) -> Result<HashSet<ArticlePath>, GeneratorError> {
        let mut seen = HashSet::new();
        let named: Vec<_> = work.iter().filter(|work| seen.insert(&work.article)).map(|w| (w.article.clone(), w.comments)).collect();
        let mut failed = HashSet::new();
        for batch in batches(&named) {
            failed.extend(self.write(&batch)?);
        }
        Ok(failed)
    }

    /// Every article behind `from`, then what shows on every page, then what should not be there. Changes that come meanwhile do not
    /// wait for the end.
    pub(crate) fn all(&mut self, from: Option<ArticlePath>, progress: Progress<'_>) -> Result<(), GeneratorError> {
        let compares = self.tree.place().is_only_compared();
        let all = usize::try_from(self.store.published_count(from.as_ref())?).unwrap_or(usize::MAX);
        let (mut after, mut done) = (from, 0);
        loop {
            if !compares {
                self.changes(&|_, _| {})?;
            }
            let articles = self.store.published(after.as_ref(), MOST_ARTICLES)?;
            let Some((last, _)) = articles.last() else { break };
            for batch in batches(&articles) {
                self.write(&batch)?;
                done += batch.len();
                progress(done.min(all), all);
            }
            if *self.tree.mark() != Mark::Complete && self.failed.is_none() {
                self.tree.set_mark(Mark::BuiltUpTo(last.clone()))?;
            }
            after = Some(last.clone());
            if self.stop.is_set() {
                self.interrupted = true;
                return Ok(());
            }
            if let Some(lead) = &mut self.lead {
                lead.check()?;
            }
        }
        self.rest()
    }

    fn rest(&mut self) -> Result<(), GeneratorError> {
        lists::write_small(self.store, &mut self.tree)?;
        lists::write_counts(self.store, &mut self.tree, self.pace)?;
        let mut expected = Expected::default();
        for file in lists::FILES {
            expected.add(file);
        }
        self.store.counts(&mut |path, _| expected.add(&ArticlePath::from_stored(path.to_owned()).file()))?;
        self.tree.sweep(&expected)?;
        if self.failed.is_none() {
            self.tree.check_still_there()?;
            self.tree.set_mark(Mark::Complete)?;
        }
        Ok(())
    }

    /// Brings the files of some articles to what the database says; gives those for which it could not be done.
    fn write(&mut self, paths: &[ArticlePath]) -> Result<Vec<ArticlePath>, GeneratorError> {
        let threads = self.store.threads(paths)?;
        let place = self.tree.place();
        let changes = |thread: &Thread| -> Result<Vec<Change>, GeneratorError> {
            let file = thread.article.file();
            if thread.comments.is_empty() {
                return Ok(place.remove(&file));
            }
            place.put(&file, &article::render(&thread.article, &thread.comments)?)
        };
        // One is done sooner than another thread is woken.
        let groups: Vec<_> = if let [one] = &threads[..] { vec![changes(one)] } else { threads.par_iter().map(changes).collect() };
        let mut failed = Vec::new();
        let mut whole = Vec::new();
        for (thread, group) in threads.into_iter().zip(groups) {
            match group {
                Ok(group) if group.is_empty() => {}
                Ok(group) => whole.push((thread.article, group)),
                Err(GeneratorError::Io(error)) => self.fail(&mut failed, thread.article, error),
                Err(error) => return Err(error),
            }
        }
        let (articles, groups): (Vec<_>, Vec<_>) = whole.into_iter().unzip();
        for (article, outcome) in articles.into_iter().zip(self.tree.apply(groups)) {
            match outcome {
                Ok(()) => drop(self.articles.insert(article)),
                Err(error) => self.fail(&mut failed, article, error),
            }
        }
        Ok(failed)
    }

    fn fail(&mut self, failed: &mut Vec<ArticlePath>, article: ArticlePath, error: io::Error) {
        self.failed.get_or_insert(error);
        failed.push(article);
    }
}

/// Parts that hold so many comments at most, so that memory is bounded whatever the size of the site.
fn batches(articles: &[(ArticlePath, u64)]) -> Vec<Vec<ArticlePath>> {
    let mut batches: Vec<Vec<ArticlePath>> = Vec::new();
    let mut comments = 0;
    for (article, count) in articles {
        comments += count;
        match batches.last_mut() {
            Some(batch) if comments <= MOST_COMMENTS => batch.push(article.clone()),
            _ => {
                batches.push(vec![article.clone()]);
                comments = *count;
            }
        }
    }
    batches
}
