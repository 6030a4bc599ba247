//! The articles that the built site has.

mod look;
mod mark;
mod memory;
mod walk;
mod watch;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ardoise_model::{ArticlePath, Origin};
use ardoise_store::{CatalogueChange, CatalogueEntry, CatalogueLead, Departures, Store, StoreError};

pub use self::look::{ArticlePage, read_article_page};
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
    state: Arc<Mutex<State>>,
}

/// What earlier looks leave behind.
#[derive(Default)]
struct State {
    memory: Memory,
    /// None: another process keeps the catalogue, and this one adds what is new.
    lead: Option<CatalogueLead>,
    /// Articles that may depart when they are missing: those that were missing at the first look, and those that this build had. What
    /// comes from somewhere else in between belongs to a newer build, of another process.
    own: Option<HashSet<ArticlePath>>,
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
        Self { store, built, origin, drafts: Drafts::LeaveOut, state: Arc::default() }
    }

    /// With drafts, or without them.
    #[must_use]
    pub fn with_drafts(self, drafts: Drafts) -> Self {
        Self { drafts, ..self }
    }

    /// Walks the built site once and brings the store up to date. Where another process keeps the catalogue, what is new is added and
    /// nothing else is done.
    pub fn refresh(&self, departures: Departures<'_>) -> Result<CatalogueReport, GeneratorError> {
        let mut state = self.state();
        let walk = walk::walk(&self.built, &self.origin, self.drafts, &mut state.memory)?;
        // A mere look takes the lead from nobody.
        let leads = departures != Departures::AddOnly && state.leads(&self.store)?;
        let departures = match (&state.own, departures) {
            _ if !leads => Departures::AddOnly,
            (Some(own), Departures::Apply) => Departures::ApplyTo(own),
            (_, departures) => departures,
        };
        let change = self.store.sync_catalogue(&walk.entries, departures)?;
        let departed = matches!(departures, Departures::Apply | Departures::ApplyTo(_));
        let own = state.own.get_or_insert_with(|| change.missing.clone());
        if departed {
            own.retain(|path| !change.missing.contains(path));
        }
        own.extend(walk.entries.iter().map(|entry| entry.article.path.clone()));
        Ok(CatalogueReport { articles: walk.entries.len(), pages: walk.pages, languages: walk.languages, change, problems: walk.problems })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether this process keeps the catalogue; it does from now on if no other one does.
    fn leads(&mut self, store: &Store) -> Result<bool, StoreError> {
        if let Some(lead) = &self.lead {
            match lead.check() {
                Err(StoreError::LeaseLost) => self.lead = None,
                checked => return checked.map(|()| true),
            }
        }
        self.lead = store.lead_catalogue()?;
        Ok(self.lead.is_some())
    }
}

/// What was found on a walk of a built site.
#[derive(Debug)]
pub struct SiteSurvey {
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
pub fn survey(built: &Path, origin: &Origin) -> Result<SiteSurvey, GeneratorError> {
    let Walk { entries, pages, drafts, problems, .. } = walk::walk(built, origin, Drafts::LeaveOut, &mut Memory::default())?;
    let dated = entries.iter().filter(|entry| entry.article.dated_at.is_some()).count();
    let sample = entries.iter().find(|entry| entry.article.open).or_else(|| entries.first()).cloned();
    Ok(SiteSurvey { articles: entries.len(), dated, pages, drafts, problems, sample })
}
