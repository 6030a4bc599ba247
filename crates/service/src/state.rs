use std::sync::Arc;

use ardoise_model::{ArticlePath, Origin, Timestamp};
use ardoise_notify::Links;
use ardoise_store::Store;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::client::Client;
use crate::limits::connection::Timeouts;
use crate::limits::request_limits::RequestLimits;
use crate::origins::LoggedOrigins;
use crate::screening_cache::ScreeningCache;
use crate::settings::{FailedParts, Settings};

/// The maximum number of submissions in progress. It bounds their memory. Further ones are refused at once rather than answered after
/// the client has timed out.
pub(crate) const MAX_SUBMISSIONS: usize = 480;

/// The state that all handlers share.
pub(crate) struct AppState {
    submission_permits: Arc<Semaphore>,
    pub(crate) logged_origins: LoggedOrigins,
    pub(crate) request_limits: RequestLimits,
    pub(crate) timeouts: Timeouts,
    log_refused_addresses: bool,
    pub(crate) store: Store,
    pub(crate) origin: Origin,
    /// The site's name, for pages that the service renders.
    pub(crate) title: String,
    /// The URL of the site's home page.
    pub(crate) home: String,
    pub(crate) tree_url: String,
    pub(crate) screening: ScreeningCache,
    pub(crate) stacosys_redirect: Option<String>,
    /// How long authors may change their comments, in milliseconds.
    pub(crate) grace_millis: i64,
    /// Verifies the links in mails.
    pub(crate) links: Links,
    pub(crate) clock: fn() -> Timestamp,
    pub(crate) failed_parts: FailedParts,
    /// Whether this is `ardoise dev`: pages of this machine may send, on any port.
    pub(crate) is_dev: bool,
}

impl AppState {
    pub(crate) fn new(settings: Settings, store: Store) -> Self {
        Self {
            submission_permits: Arc::new(Semaphore::new(MAX_SUBMISSIONS)),
            logged_origins: LoggedOrigins::default(),
            request_limits: RequestLimits::new(settings.proxies, settings.rate),
            timeouts: settings.timeouts,
            log_refused_addresses: settings.log_refused_addresses,
            store,
            origin: settings.origin,
            title: settings.title,
            home: settings.home,
            tree_url: settings.tree_url,
            screening: settings.screening,
            stacosys_redirect: settings.stacosys_redirect,
            grace_millis: settings.grace_millis,
            links: settings.links,
            clock: settings.clock,
            failed_parts: settings.failed_parts,
            is_dev: settings.dev_site.is_some(),
        }
    }

    /// Returns a permit for one submission, or `None` if [`MAX_SUBMISSIONS`] are in progress. The permit moves into the callback of the
    /// queued write, so it is held until the write ends, even if the client disconnects before.
    pub(crate) fn submission_permit(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.submission_permits).try_acquire_owned().ok()
    }

    /// Returns the URL of an article's page.
    pub(crate) fn article_url(&self, path: &ArticlePath) -> String {
        format!("{}{}", self.origin, path.to_url_path())
    }

    /// Logs the address of a refused sender, if the settings ask for it. Programs such as fail2ban read these lines. The level is not
    /// `warn`, because senders decide how many lines there are.
    pub(crate) fn log_refused_address(&self, client: Client, layer: &str) {
        if let Some(address) = client.address().filter(|_| self.log_refused_addresses) {
            tracing::info!(%address, layer, "a robot, by all appearances");
        }
    }
}
