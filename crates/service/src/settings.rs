use std::sync::Arc;
use std::time::Duration;

use ardoise_model::{Origin, Timestamp};
use ardoise_notify::{Links, Notifications};

use crate::dev_site::DevSite;
use crate::limits::client::Proxies;
use crate::limits::connection::Timeouts;
use crate::limits::rate_limiter::Rate;
use crate::screening_cache::ScreeningCache;

/// Returns the names of the program's parts that do not work at the moment.
pub type FailedParts = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// The settings of the service.
#[derive(Clone)]
pub struct Settings {
    /// The site's origin, which CORS admits.
    pub origin: Origin,
    /// The site's name.
    pub title: String,
    /// The URL of the site's home page.
    pub home: String,
    /// The published tree, as a URL or as a path on the origin. It ends in `/`.
    pub tree_url: String,
    /// The rules for submissions, and the state that they need.
    pub screening: ScreeningCache,
    /// The page that Stacosys' form leads to, as a URL or as a path on the origin. `None`: the article.
    pub stacosys_redirect: Option<String>,
    /// The trusted proxies.
    pub proxies: Proxies,
    /// The number of comments accepted from one network.
    pub rate: Rate,
    /// The time limits of connections.
    pub timeouts: Timeouts,
    /// Whether the addresses of refused senders are logged, for a program that blocks them.
    pub log_refused_addresses: bool,
    /// How long authors may change their comments, in milliseconds. 0: not at all.
    pub grace_millis: i64,
    /// Verifies the links in mails.
    pub links: Links,
    /// Returns the current time.
    pub clock: fn() -> Timestamp,
    /// The settings of the moderators' pages.
    pub moderation: ModerationSettings,
    /// The site itself, if it is served as well.
    pub dev_site: Option<DevSite>,
    /// How long requests in flight may take to finish after SIGTERM.
    pub shutdown_timeout: Duration,
    /// The parts of the program that do not work, for `/health`.
    pub failed_parts: FailedParts,
}

/// The settings of the moderators' pages.
#[derive(Clone)]
pub struct ModerationSettings {
    /// The URL at which moderators' browsers reach the service that has the pages. It ends in `/`.
    pub url: String,
    /// The moderators' names. A session of any other name is not valid.
    pub moderators: Vec<String>,
    /// The name that the owner's answers are signed with. Empty: each moderator's own.
    pub owner: String,
    /// The receivers of notifications. `None`: moderators get no mail.
    pub notifications: Option<Notifications>,
}
