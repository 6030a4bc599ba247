use ardoise_model::{Origin, Timestamp};
use ardoise_notify::Notifications;
use ardoise_store::Store;
use url::Url;

/// What the queue has to know.
#[derive(Clone)]
pub struct Settings {
    /// Where moderators' browsers reach the service that has the queue; it ends in `/`.
    pub url: String,
    /// The moderators' names. Whoever is not among them has no session any more.
    pub moderators: Vec<String>,
    /// The name under which the owner answers; empty: each moderator's own.
    pub owner: String,
    /// By which way they get mail; none: nobody does.
    pub outgoing: Option<Notifications>,
}

/// What every act sees.
pub(crate) struct Desk {
    pub(crate) store: Store,
    pub(crate) clock: fn() -> Timestamp,
    /// Where readers read.
    pub(crate) site: Origin,
    pub(crate) known_articles_only: bool,
    pub(crate) moderators: Vec<String>,
    pub(crate) owner: String,
    /// None: nobody gets mail.
    pub(crate) outgoing: Option<Notifications>,
    /// As browsers send it; empty where the address has none.
    pub(crate) origin: String,
    /// Where the queue begins, as browsers know it: `/moderation`, behind a proxy perhaps `/c/moderation`.
    pub(crate) path: String,
    /// Whether browsers reach it by TLS.
    pub(crate) secure: bool,
}

impl Desk {
    pub(crate) fn new(settings: Settings, store: Store, site: Origin, known_articles_only: bool, clock: fn() -> Timestamp) -> Self {
        let url = Url::parse(&settings.url).ok();
        let path = url.as_ref().map_or("/", |url| url.path());
        Self {
            origin: url.as_ref().map(|url| url.origin().ascii_serialization()).unwrap_or_default(),
            path: format!("{}/moderation", path.trim_end_matches('/')),
            secure: !settings.url.starts_with("http://"),
            moderators: settings.moderators,
            owner: settings.owner,
            outgoing: settings.outgoing.filter(Notifications::mails_moderators),
            store,
            clock,
            site,
            known_articles_only,
        }
    }

    /// The page of an article, as readers know it.
    pub(crate) fn article_url(&self, path: &ardoise_model::ArticlePath) -> String {
        format!("{}{}", self.site, path.to_url_path())
    }
}
