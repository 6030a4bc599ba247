//! The articles that the built site has.

mod look;
mod mark;
mod memory;
mod walk;
mod watch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ardoise_model::{ArticlePath, Origin};
use ardoise_store::{CatalogueChange, CatalogueEntry, Departures, Store};

pub use self::look::{PageLook, look_at};
use self::memory::Memory;
use self::walk::Walk;
use crate::GeneratorError;

/// Keeps the store's articles as the built site has them.
#[derive(Clone)]
pub struct Catalogue {
    store: Store,
    built: PathBuf,
    origin: Origin,
    drafts: Drafts,
    memory: Arc<Mutex<Memory>>,
}

/// What becomes of pages that their author alone is meant to see: drafts that a site generator's own server has written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Drafts {
    /// They are no articles: readers do not find them.
    #[default]
    LeaveOut,
    /// They are articles like any other, where the author tries the site out.
    Take,
}

/// What one look at the built site found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogueReport {
    /// Pages that carry a mark.
    pub articles: usize,
    /// HTML pages in all.
    pub pages: usize,
    /// The languages of articles whose pages name one.
    pub languages: BTreeMap<ArticlePath, String>,
    /// What changed in the store.
    pub change: CatalogueChange,
    /// Marks that could not be used, each with its page and the reason.
    pub problems: Vec<String>,
}

impl Catalogue {
    /// The catalogue of the site in the folder `built`, published at `origin`.
    pub fn new(store: Store, built: PathBuf, origin: Origin) -> Self {
        Self { store, built, origin, drafts: Drafts::LeaveOut, memory: Arc::default() }
    }

    /// With drafts, or without them.
    #[must_use]
    pub fn with_drafts(self, drafts: Drafts) -> Self {
        Self { drafts, ..self }
    }

    /// Walks the built site once and brings the store up to date.
    pub fn refresh(&self, departures: Departures) -> Result<CatalogueReport, GeneratorError> {
        let walk = walk::walk(&self.built, &self.origin, self.drafts, &mut self.memory.lock().unwrap_or_else(PoisonError::into_inner))?;
        let change = self.store.sync_catalogue(&walk.entries, departures)?;
        Ok(CatalogueReport { articles: walk.entries.len(), pages: walk.pages, languages: walk.languages, change, problems: walk.problems })
    }
}

/// What was found on a walk of a built site.
#[derive(Debug)]
pub struct Survey {
    /// Articles.
    pub articles: usize,
    /// Of these, those that say when they were published.
    pub dated: usize,
    /// Pages, with a mark or without.
    pub pages: usize,
    /// Drafts, which are no articles.
    pub drafts: usize,
    /// Marks that could not be used.
    pub problems: Vec<String>,
    /// An article to be looked at more closely: the first one that takes comments, or the first of all.
    pub sample: Option<CatalogueEntry>,
}

/// Walks a built site without telling the store.
pub fn survey(built: &Path, origin: &Origin) -> Result<Survey, GeneratorError> {
    let Walk { entries, pages, drafts, problems, .. } = walk::walk(built, origin, Drafts::LeaveOut, &mut Memory::default())?;
    let dated = entries.iter().filter(|entry| entry.article.dated_at.is_some()).count();
    let sample = entries.iter().find(|entry| entry.article.open).or_else(|| entries.first()).cloned();
    Ok(Survey { articles: entries.len(), dated, pages, drafts, problems, sample })
}
