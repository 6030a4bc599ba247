//! The parts that a configuration describes.

use anyhow::Context;
use ardoise_generator::{Catalogue, Generator, OnChange, Settings};
use ardoise_model::{Origin, Timestamp};
use ardoise_service::Moderation;
use ardoise_store::Store;

use crate::config::Config;

/// The one clock.
pub(crate) fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

pub(crate) fn store(config: &Config) -> anyhow::Result<Store> {
    let url = config.store_url();
    Store::open(&url).with_context(|| format!("[store] url = \"{url}\""))
}

/// Its files name the site as readers reach it, also when it is tried out at another address: `dev` may write into the real tree.
pub(crate) fn generator(config: &Config, store: &Store) -> Generator {
    let origin = &config.site.origin;
    let title = config.site.title.trim();
    let host = origin.as_str().split_once("://").map_or("", |(_, host)| host);
    let settings = Settings {
        origin: origin.clone(),
        path: config.site.path.clone(),
        tree_url: config.publish.url.clone(),
        title: if title.is_empty() { host } else { title }.to_owned(),
        order: config.publish.order,
        feeds: config.publish.feeds,
        proof_bits: config.rules.proof_bits(),
        avatars: config.publish.avatars,
    };
    Generator::new(store.clone(), config.to(), settings)
}

/// None: the site has no catalogue, and any path is accepted.
pub(crate) fn catalogue(config: &Config, store: &Store, origin: &Origin) -> Option<Catalogue> {
    config.built().map(|built| Catalogue::new(store.clone(), built, origin.clone()))
}

pub(crate) fn on_change(config: &Config) -> Option<OnChange> {
    let command = config.publish.on_change.trim();
    (!command.is_empty()).then(|| OnChange::start(command.to_owned(), config.folder()))
}

/// Who decides, at `url`.
pub(crate) fn moderation(config: &Config, url: String) -> Moderation {
    let moderators = config.moderators().into_iter().map(|moderator| moderator.name).collect();
    Moderation { url, moderators, owner: config.site.owner.trim().to_owned() }
}

/// A link that signs a moderator in, once; `url` is where his browser reaches the queue's service.
pub(crate) fn sign_in_link(store: &Store, url: &str, moderator: &str) -> anyhow::Result<String> {
    Ok(format!("{url}moderation/sign-in/{}", store.invite(moderator, now())?))
}
