//! The sections `[site]`, `[service]`, `[store]` and `[publish]`, as they are in the file.

use std::net::SocketAddr;
use std::path::PathBuf;

use ardoise_generator::Feeds;
use ardoise_model::{Order, Origin};
use ardoise_service::Proxies;
use ardoise_store::StoreUrl;
use serde::Deserialize;

use super::fields;

/// `[site]`: the site that comments are for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// The origin at which readers see the site.
    #[serde(deserialize_with = "fields::parsed")]
    pub origin: Origin,
    /// The folder of the built site, from which the list of its articles is read. If absent, comments are accepted for any path.
    pub(crate) built: Option<PathBuf>,
    /// The path on the origin below which the site is; it begins and ends in `/`.
    #[serde(default = "root", deserialize_with = "fields::site_path")]
    pub path: String,
    /// The title in feeds and mails; empty: the origin's host.
    #[serde(default)]
    pub(crate) title: String,
    /// The name under which the owner's replies appear.
    #[serde(default)]
    pub(crate) owner: String,
    /// Other origins at which readers reach the same site.
    #[serde(default, deserialize_with = "fields::origins")]
    pub(super) origins: Vec<Origin>,
}

fn root() -> String {
    "/".to_owned()
}

/// `[service]`: the HTTP service that takes submissions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Service {
    #[serde(deserialize_with = "fields::listen")]
    pub(crate) listen: SocketAddr,
    /// The URL at which browsers reach the service; empty: the site's origin.
    #[serde(deserialize_with = "fields::service_url")]
    pub(super) url: String,
    /// The page to which a reader is redirected after a submission with a form of Stacosys, another comment system; empty: the article.
    pub(crate) stacosys_redirect: String,
    /// Reverse proxies whose `X-Forwarded-For` is trusted.
    #[serde(deserialize_with = "fields::proxies")]
    pub(crate) trusted_proxies: Proxies,
    /// Whether the IP addresses of senders that are taken for robots are logged, for programs such as fail2ban.
    pub(crate) log_refused_addresses: bool,
    /// How long authors may change their comment; 0: not at all. At most a year.
    #[serde(deserialize_with = "super::number::number::<_, _, 0, 525_600>")]
    pub(crate) grace_minutes: u32,
}

/// `[store]`: the database.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Store {
    #[serde(deserialize_with = "fields::parsed")]
    pub(crate) url: StoreUrl,
}

/// `[publish]`: where and how the files with approved comments are written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Publish {
    /// The folder of the published tree.
    pub(crate) to: PathBuf,
    /// The path or URL at which readers find the tree; it ends in `/`.
    #[serde(deserialize_with = "fields::tree_url")]
    pub url: String,
    #[serde(deserialize_with = "fields::parsed")]
    pub(crate) order: Order,
    #[serde(deserialize_with = "fields::parsed")]
    pub(crate) feeds: Feeds,
    pub(crate) avatars: bool,
    /// A shell command that runs after the tree has changed; empty: none.
    pub(crate) on_change: String,
    /// The time limit of the command, in seconds; it is killed after that.
    #[serde(deserialize_with = "super::number::number::<_, _, 1, 86_400>")]
    pub(crate) on_change_seconds: u32,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8100)),
            url: String::new(),
            stacosys_redirect: String::new(),
            trusted_proxies: Proxies::default(),
            log_refused_addresses: false,
            grace_minutes: 15,
        }
    }
}

impl Default for Store {
    fn default() -> Self {
        Self { url: StoreUrl::sqlite("ardoise.db") }
    }
}

impl Default for Publish {
    fn default() -> Self {
        let (to, url) = ("published".into(), "/ardoise/".into());
        let (order, feeds) = (Order::default(), Feeds::default());
        Self { to, url, order, feeds, avatars: true, on_change: String::new(), on_change_seconds: 60 }
    }
}
