//! The catalogue: the articles of the built site.

mod article_page;
mod mark_cache;
mod page_mark;
mod walk;
mod watch;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ardoise_model::{ArticlePath, Origin};
use ardoise_store::{CatalogueChange, CatalogueEntry, CatalogueLead, Departures, Store, StoreError};

pub use self::article_page::{ArticlePage, read_article_page};
use self::mark_cache::MarkCache;
use self::walk::SiteWalk;
use crate::GeneratorError;

/// Keeps the store's articles in step with the built site.
#[derive(Clone)]
pub struct Catalogue {
    store: Store,
    built: PathBuf,
    origin: Origin,
    drafts: Drafts,
    state: Arc<Mutex<State>>,
}

/// State that lasts from one refresh to the next.
#[derive(Default)]
struct State {
    cache: MarkCache,
    /// The lease on the catalogue. `None` if another process has it; this process then only adds new articles.
    lead: Option<CatalogueLead>,
    /// Articles that may depart when they are missing: those missing at the first refresh, and those that this build had. Articles that
    /// appeared in the store otherwise belong to a newer build, seen by another process.
    own: Option<HashSet<ArticlePath>>,
}

/// What to do with drafts: pages that the development server of a site generator shows to their author only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Drafts {
    /// Drafts are not articles: readers cannot reach them.
    #[default]
    LeaveOut,
    /// Drafts are articles like any other. For trying a site out locally.
    Take,
}

/// The result of one refresh of the catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogueReport {
    /// The number of pages that carry a mark.
    pub articles: usize,
    /// The number of HTML pages.
    pub pages: usize,
    /// The languages of the articles whose pages name one.
    pub languages: BTreeMap<ArticlePath, String>,
    /// The changes in the store.
    pub change: CatalogueChange,
    /// Marks that could not be used, each with its page and the reason.
    pub problems: Vec<String>,
}

impl Catalogue {
    /// Creates the catalogue of the site in the folder `built`, published at `origin`. Drafts are left out.
    pub fn new(store: Store, built: PathBuf, origin: Origin) -> Self {
        Self { store, built, origin, drafts: Drafts::LeaveOut, state: Arc::default() }
    }

    /// Sets what to do with drafts.
    #[must_use]
    pub fn with_drafts(self, drafts: Drafts) -> Self {
        Self { drafts, ..self }
    }

    /// Walks the built site once and updates the store. Only adds new articles if another process has the lease on the catalogue.
    pub fn refresh(&self, departures: Departures<'_>) -> Result<CatalogueReport, GeneratorError> {
        let mut state = self.state();
        let walk = walk::walk(&self.built, &self.origin, self.drafts, &mut state.cache)?;
        // A refresh that only adds does not need the lease.
        let leads = departures != Departures::AddOnly && state.try_lead(&self.store)?;
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
    /// Returns whether this process has the lease on the catalogue. Takes the lease if it is free.
    fn try_lead(&mut self, store: &Store) -> Result<bool, StoreError> {
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

/// The result of a walk of a built site.
#[derive(Debug)]
pub struct SiteSurvey {
    /// The number of articles.
    pub articles: usize,
    /// The number of articles whose page gives a date of publication.
    pub dated: usize,
    /// The number of HTML pages, with a mark or without.
    pub pages: usize,
    /// The number of drafts, which do not count as articles.
    pub drafts: usize,
    /// Marks that could not be used, each with its page and the reason.
    pub problems: Vec<String>,
    /// An article to examine more closely: the first one that takes comments, or else the first one.
    pub sample: Option<CatalogueEntry>,
}

/// Walks a built site without changing the store.
pub fn survey(built: &Path, origin: &Origin) -> Result<SiteSurvey, GeneratorError> {
    let SiteWalk { entries, pages, drafts, problems, .. } = walk::walk(built, origin, Drafts::LeaveOut, &mut MarkCache::default())?;
    let dated = entries.iter().filter(|entry| entry.article.dated_at.is_some()).count();
    let sample = entries.iter().find(|entry| entry.article.open).or_else(|| entries.first()).cloned();
    Ok(SiteSurvey { articles: entries.len(), dated, pages, drafts, problems, sample })
}
