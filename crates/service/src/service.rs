use ardoise_model::{ArticlePath, Origin, Timestamp};
use ardoise_notify::Links;
use ardoise_store::Store;

use crate::crowd::Crowd;
use crate::deadline::Timeouts;
use crate::foreign::Named;
use crate::limits::Limits;
use crate::{FailedParts, ScreeningCache, Settings};

/// What every handler sees.
pub(crate) struct Service {
    pub(crate) crowd: Crowd,
    pub(crate) foreign: Named,
    pub(crate) limits: Limits,
    pub(crate) patience: Timeouts,
    /// The addresses of robots are logged, for those who shut them out.
    pub(crate) log_refused_addresses: bool,
    pub(crate) store: Store,
    pub(crate) origin: Origin,
    /// The site's name and its first page, for pages that stand alone.
    pub(crate) title: String,
    pub(crate) home: String,
    pub(crate) tree_url: String,
    pub(crate) keeper: ScreeningCache,
    pub(crate) stacosys_redirect: Option<String>,
    /// For how long a comment is its author's to change, in milliseconds.
    pub(crate) grace: i64,
    /// Reads what mails lead to.
    pub(crate) links: Links,
    pub(crate) clock: fn() -> Timestamp,
    /// The parts of the program that do not work just now.
    pub(crate) down: FailedParts,
    /// Pages of this machine may send, on whatever port they are: it is `ardoise dev`.
    pub(crate) is_tried_out: bool,
}

impl Service {
    /// What the settings say, with nothing counted yet.
    pub(crate) fn new(settings: Settings, store: Store) -> Self {
        let Settings { origin, title, home, tree_url, keeper, stacosys_redirect, proxies, rate, patience, .. } = settings;
        Self {
            crowd: Crowd::default(),
            foreign: Named::default(),
            limits: Limits::new(proxies, rate),
            patience,
            log_refused_addresses: settings.log_refused_addresses,
            store,
            origin,
            title,
            home,
            tree_url,
            keeper,
            stacosys_redirect,
            grace: settings.grace,
            links: settings.links,
            clock: settings.clock,
            down: settings.down,
            is_tried_out: settings.local.is_some(),
        }
    }

    /// The page of an article, as readers know it.
    pub(crate) fn article_url(&self, path: &ArticlePath) -> String {
        format!("{}{}", self.origin, path.to_url_path())
    }
}
