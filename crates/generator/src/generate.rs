use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ardoise_model::ArticlePath;
use ardoise_store::Store;

use crate::published::{article, counts, recent};
use crate::tree::{self, Tree};
use crate::{Difference, GeneratorError};

/// How much one run looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The articles that rows of work name.
    Changes,
    /// Every article, and every file that should not be there.
    Full,
}

/// What one run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Files that were written or removed, in the order in which it happened.
    pub differences: Vec<Difference>,
    /// Articles of which a file was written or removed.
    pub articles: BTreeSet<ArticlePath>,
}

/// Turns approved comments into the published tree.
#[derive(Clone)]
pub struct Generator {
    store: Store,
    to: PathBuf,
    /// Set once it was seen to be ours: when the folder loses its mark while we run, it still is.
    known: Arc<AtomicBool>,
}

impl Generator {
    /// A generator that reads `store` and owns the folder `to`.
    pub fn new(store: Store, to: PathBuf) -> Self {
        Self { store, to, known: Arc::default() }
    }

    /// One run. When it returns, all of it is on disk, and the rows of work that it dealt with are gone.
    ///
    /// `progress` is told articles done and articles in all.
    pub fn run(&self, scope: Scope, progress: &dyn Fn(usize, usize)) -> Result<Outcome, GeneratorError> {
        let mut tree = Tree::lock(&self.to, self.known.load(Ordering::Relaxed))?;
        self.known.store(true, Ordering::Relaxed);
        let scope = if tree.is_complete() { scope } else { Scope::Full };
        // Read before the comments are: whatever changes from here on has a row that this run does not remove.
        let work = self.store.work()?;
        if scope == Scope::Changes && work.is_empty() {
            return Ok(Outcome::default());
        }
        let named = work.iter().map(|work| work.article.clone()).collect();
        let articles = self.write(&mut tree, scope, named, progress)?;
        let differences = tree.commit(scope == Scope::Full)?;
        self.store.finish_work(&work)?;
        Ok(Outcome { differences, articles })
    }

    /// Whether there is anything to do, here or in a tree that was never completed.
    pub fn has_work(&self) -> Result<bool, GeneratorError> {
        Ok(self.store.has_work()? || !tree::is_owned(&self.to))
    }

    /// Whether another generator is at work on the tree just now.
    pub fn is_busy(&self) -> bool {
        tree::is_busy(&self.to)
    }

    /// What differs between the tree and the database. Changes nothing.
    pub fn check(&self, progress: &dyn Fn(usize, usize)) -> Result<Vec<Difference>, GeneratorError> {
        let mut tree = Tree::compare(&self.to);
        self.write(&mut tree, Scope::Full, BTreeSet::new(), progress)?;
        tree.commit(true)
    }

    fn write(
        &self,
        tree: &mut Tree,
        scope: Scope,
        named: BTreeSet<ArticlePath>,
        progress: &dyn Fn(usize, usize),
    ) -> Result<BTreeSet<ArticlePath>, GeneratorError> {
        let counts = self.store.counts()?;
        let mut articles = named;
        if scope == Scope::Full {
            articles.extend(counts.keys().cloned());
        }
        let mut expected = BTreeSet::from([counts::FILE.to_owned(), recent::FILE.to_owned()]);
        let mut changed = BTreeSet::new();
        let mut failed = None;
        let all = articles.len();
        for (done, path) in articles.into_iter().enumerate() {
            let before = tree.differences();
            match self.write_article(tree, &path) {
                Ok(false) => {}
                Ok(true) => drop(expected.insert(path.file())),
                // One article must not keep the others' comments up, or down. All rows of work stay, so all is done again.
                Err(GeneratorError::Io(error)) => {
                    expected.insert(path.file());
                    failed.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
            if tree.differences() > before {
                changed.insert(path);
            }
            progress(done + 1, all);
        }
        tree.put(counts::FILE, &counts::render(&counts)?)?;
        tree.put(recent::FILE, &recent::render(&self.store.recent(recent::MOST)?)?)?;
        if scope == Scope::Full {
            tree.sweep(&expected)?;
        }
        failed.map_or(Ok(changed), |error| Err(error.into()))
    }

    /// Whether the article has a file now.
    fn write_article(&self, tree: &mut Tree, path: &ArticlePath) -> Result<bool, GeneratorError> {
        let thread = self.store.thread(path)?;
        if thread.is_empty() {
            tree.remove(&path.file())?;
        } else {
            tree.put(&path.file(), &article::render(path, &thread)?)?;
        }
        Ok(!thread.is_empty())
    }
}
