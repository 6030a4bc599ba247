//! The parts that a configuration describes.

use std::time::Duration;

use anyhow::{Context, bail};
use ardoise_generator::{Catalogue, ChangeCommand, Generator, Settings};
use ardoise_model::{Origin, Timestamp};
use ardoise_notify::{DispatchContext, Dispatcher, Links, MailTiming, Notifications};
use ardoise_service::ModerationSettings;
use ardoise_store::Store;

use crate::config::{Config, mail};

/// The one clock.
pub(crate) fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

/// The same, as the file system counts.
pub(crate) fn system_now() -> std::time::SystemTime {
    jiff::Timestamp::now().into()
}

/// The database that is there: a command that looks or decides makes none, and leaves its schema alone.
pub(crate) fn store(config: &Config) -> anyhow::Result<Store> {
    let url = config.store_url();
    let store = Store::open(&url).with_context(|| format!("[store] url = \"{url}\""))?;
    Ok(store.with_channels(outgoing(config).channels()))
}

/// The database of `serve`: made at the first start, and brought to this version's schema.
///
/// Where comments are published already there must have been one, so none is made; nor does another one remove what is published.
pub(crate) fn prepared_store(config: &Config) -> anyhow::Result<Store> {
    let url = config.store_url();
    let named = || format!("[store] url = \"{url}\"");
    if !url.may_exist() && ardoise_generator::has_published_comments(&config.to()) {
        bail!(
            "{}: there is no such file, but {} holds published comments, which a new and empty database would remove. Correct [store] url \
             (a mistyped path, a volume that is not mounted), or restore the database from a backup; to begin with an empty one, run \
             `ardoise migrate` and then `ardoise generate --adopt`",
            named(),
            config.to().display()
        );
    }
    let store = Store::prepare(&url).with_context(named)?;
    generator(config, &store).check_owner()?;
    Ok(store.with_channels(outgoing(config).channels()))
}

/// Whom to tell; without the mail server's password, which not every command needs or may read.
pub(crate) fn outgoing(config: &Config) -> Notifications {
    let mail = config.mail.as_ref();
    Notifications {
        mail: mail.map(mail::Settings::server),
        webhooks: config.webhooks(),
        moderators: config.moderators(),
        replies: mail.is_some_and(|mail| mail.replies),
        pace: mail.map_or(MailTiming { gather: 0, replies_every: 0 }, |mail| mail.pace),
        origin: config.site.origin.clone(),
        title: config.title().to_owned(),
        language: config.moderation.language,
    }
}

pub(crate) fn links(config: &Config, store: &Store) -> anyhow::Result<Links> {
    Ok(Links {
        key: store.secret("links", now())?,
        service_url: config.service_url(),
        moderation_url: config.moderation_url(),
        moderators: config.moderators().into_iter().map(|moderator| moderator.name).collect(),
        lifetime: i64::from(config.moderation.link_days) * Timestamp::DAY,
    })
}

/// Who sends what is to be told. None: nobody is told anything.
pub(crate) fn sender(config: &Config, store: &Store) -> anyhow::Result<Option<Dispatcher>> {
    let mail = config.mail.as_ref().map(|mail| mail.server_with_login(&config.folder())).transpose()?;
    let outgoing = Notifications { mail, ..outgoing(config) };
    if outgoing.mail.is_none() && outgoing.webhooks.is_empty() {
        return Ok(None);
    }
    let sign_in = |store: &Store, links: &Links, moderator: &str, now| {
        Ok(format!("{}moderation/sign-in/{}", links.moderation_url, store.invite(moderator, now)?))
    };
    let means = DispatchContext { links: links(config, store)?, sign_in, clock: now };
    Ok(Some(Dispatcher::new(store.clone(), outgoing, means)))
}

/// Its files name the site as readers reach it, also when it is tried out at another address: `dev` may write into the real tree.
pub(crate) fn generator(config: &Config, store: &Store) -> Generator {
    let origin = &config.site.origin;
    let settings = Settings {
        origin: origin.clone(),
        path: config.site.path.clone(),
        tree_url: config.publish.url.clone(),
        title: config.title().to_owned(),
        order: config.publish.order,
        feeds: config.publish.feeds,
        proof_bits: config.rules.proof_bits(),
        avatars: config.publish.avatars,
        renderer: ardoise_model::render,
        clock: now,
    };
    Generator::new(store.clone(), config.to(), settings)
}

/// None: the site has no catalogue, and any path is accepted.
pub(crate) fn catalogue(config: &Config, store: &Store, origin: &Origin) -> Option<Catalogue> {
    config.built().map(|built| Catalogue::new(store.clone(), built, origin.clone()))
}

/// The owner's command. None: nothing is run after a change.
pub(crate) fn on_change(config: &Config) -> Option<ChangeCommand> {
    let command = config.publish.on_change.trim().to_owned();
    let limit = Duration::from_secs(config.publish.on_change_seconds.into());
    (!command.is_empty()).then(|| ChangeCommand { command, folder: config.folder(), limit })
}

/// Who decides, at `url`.
pub(crate) fn moderation(config: &Config, url: String, tells: bool) -> ModerationSettings {
    let moderators = config.moderators().into_iter().map(|moderator| moderator.name).collect();
    ModerationSettings { url, moderators, owner: config.site.owner.trim().to_owned(), outgoing: tells.then(|| outgoing(config)) }
}

/// A link that signs a moderator in, once; `url` is where his browser reaches the queue's service.
pub(crate) fn sign_in_link(store: &Store, url: &str, moderator: &str) -> anyhow::Result<String> {
    Ok(format!("{url}moderation/sign-in/{}", store.invite(moderator, now())?))
}
