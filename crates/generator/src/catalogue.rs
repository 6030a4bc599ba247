//! The articles that the built site has.

mod mark;
mod memory;
mod walk;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ardoise_model::Origin;
use ardoise_store::{CatalogueChange, Departures, Store};

use self::memory::Memory;
use self::walk::Walk;
use crate::GeneratorError;

/// Keeps the store's articles as the built site has them.
#[derive(Clone)]
pub struct Catalogue {
    store: Store,
    built: PathBuf,
    origin: Origin,
    memory: Arc<Mutex<Memory>>,
}

/// What one look at the built site found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogueReport {
    /// Pages that carry a mark.
    pub articles: usize,
    /// HTML pages in all.
    pub pages: usize,
    /// What changed in the store.
    pub change: CatalogueChange,
    /// Marks that could not be used, each with its page and the reason.
    pub problems: Vec<String>,
}

impl Catalogue {
    /// The catalogue of the site in the folder `built`, published at `origin`.
    pub fn new(store: Store, built: PathBuf, origin: Origin) -> Self {
        Self { store, built, origin, memory: Arc::default() }
    }

    /// Walks the built site once and brings the store up to date.
    pub fn refresh(&self, departures: Departures) -> Result<CatalogueReport, GeneratorError> {
        let walk = walk::walk(&self.built, &self.origin, &mut self.memory.lock().unwrap_or_else(PoisonError::into_inner))?;
        let change = self.store.sync_catalogue(&walk.entries, departures)?;
        Ok(CatalogueReport { articles: walk.entries.len(), pages: walk.pages, change, problems: walk.problems })
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
    /// Marks that could not be used.
    pub problems: Vec<String>,
}

/// Walks a built site without telling the store.
pub fn survey(built: &Path, origin: &Origin) -> Result<Survey, GeneratorError> {
    let Walk { entries, pages, problems } = walk::walk(built, origin, &mut Memory::default())?;
    let dated = entries.iter().filter(|entry| entry.article.dated_at.is_some()).count();
    Ok(Survey { articles: entries.len(), dated, pages, problems })
}
