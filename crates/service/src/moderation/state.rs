use ardoise_model::{ArticlePath, Origin, Timestamp};
use ardoise_notify::Notifications;
use ardoise_store::Store;
use url::Url;

use crate::settings::Settings;

/// The state that the handlers of the moderators' pages share.
pub(crate) struct ModerationState {
    pub(crate) store: Store,
    pub(crate) clock: fn() -> Timestamp,
    /// The site's origin.
    pub(crate) site: Origin,
    pub(crate) known_articles_only: bool,
    pub(crate) moderators: Vec<String>,
    pub(crate) owner: String,
    /// `None`: moderators get no mail.
    pub(crate) notifications: Option<Notifications>,
    /// The origin of the pages, as browsers send it. Empty if their URL has none.
    pub(crate) origin: String,
    /// The path of the pages, as browsers know it: `/moderation`, or `/c/moderation` behind a proxy.
    pub(crate) path: String,
    /// Whether browsers reach the pages over TLS.
    pub(crate) is_secure: bool,
}

impl ModerationState {
    pub(crate) fn new(settings: &Settings, store: Store) -> Self {
        let moderation = settings.moderation.clone();
        let url = Url::parse(&moderation.url).ok();
        let path = url.as_ref().map_or("/", |url| url.path());
        Self {
            origin: url.as_ref().map(|url| url.origin().ascii_serialization()).unwrap_or_default(),
            path: format!("{}/moderation", path.trim_end_matches('/')),
            is_secure: !moderation.url.starts_with("http://"),
            moderators: moderation.moderators,
            owner: moderation.owner,
            notifications: moderation.notifications.filter(Notifications::mails_moderators),
            store,
            clock: settings.clock,
            site: settings.origin.clone(),
            known_articles_only: settings.screening.policy().known_articles_only,
        }
    }

    /// Returns the URL of an article's page.
    pub(crate) fn article_url(&self, path: &ArticlePath) -> String {
        format!("{}{}", self.site, path.to_url_path())
    }
}
