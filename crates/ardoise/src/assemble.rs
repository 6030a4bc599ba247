//! Assembles single parts from the settings, for every command. [`crate::parts`] assembles all those of `serve` and `dev`.

use std::time::Duration;

use anyhow::{Context, bail};
use ardoise_generator::{Catalogue, ChangeCommand, Generator, OnChange, Settings};
use ardoise_model::{Origin, Timestamp};
use ardoise_notify::{Links, MailTiming, Notifications};
use ardoise_store::{Consumers, MAIL_QUEUE, ON_CHANGE_QUEUE, Recipient, Store, StoreError};

use crate::clock;
use crate::config::{Config, mail};

/// Opens the existing database. A command that looks or decides neither creates one nor changes its schema.
pub(crate) fn store(config: &Config) -> anyhow::Result<Store> {
    let url = config.store_url();
    let store = Store::open(&url).with_context(|| format!("[store] url = \"{url}\""))?;
    Ok(store.with_consumers(consumers(config)))
}

/// Opens the database of `serve`: creates it at the first start, and migrates it to this version's schema.
///
/// If comments are published already, a database must have existed. Then none is created, and another one than theirs is refused, because
/// generating from it would remove them.
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
    Ok(store)
}

/// Returns who is notified of what. The mail server comes without its password, which not every command needs or may read.
pub(crate) fn notifications(config: &Config) -> Notifications {
    let mail = config.mail.as_ref();
    Notifications {
        mail: mail.map(mail::Settings::server),
        webhooks: config.webhooks(),
        moderators: config.moderators(),
        replies: mail.is_some_and(|mail| mail.replies),
        timing: mail.map_or(MailTiming { gather: 0, replies_every: 0 }, |mail| mail.timing),
        origin: config.site.origin.clone(),
        title: config.title().to_owned(),
        language: config.moderation.language,
    }
}

/// Returns the signer of links in mails. Its key is in the database, which draws it at the first call.
pub(crate) fn links(config: &Config, store: &Store) -> anyhow::Result<Links> {
    Ok(Links {
        key: store.secret("links", clock::now())?,
        service_url: config.service_url(),
        moderation_url: config.moderation_url(),
        moderators: moderator_names(config),
        lifetime: i64::from(config.moderation.link_days) * Timestamp::DAY,
    })
}

/// Returns the generator. Its files have the URLs of the site in the settings even under `dev`, which may write into the real tree.
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
        clock: clock::now,
    };
    Generator::new(store.clone(), config.to(), settings)
}

/// Returns the reader of the built site. `None`: the settings name no built site, and any path is accepted.
pub(crate) fn catalogue(config: &Config, store: &Store, origin: &Origin) -> Option<Catalogue> {
    config.built().map(|built| Catalogue::new(store.clone(), built, origin.clone()))
}

/// Returns the part that runs the owner's command. `None`: nothing runs after a change.
pub(crate) fn on_change(config: &Config, store: &Store) -> Option<OnChange> {
    let command = config.publish.on_change.trim().to_owned();
    let limit = Duration::from_secs(config.publish.on_change_seconds.into());
    (!command.is_empty()).then(|| OnChange::new(store.clone(), ChangeCommand { command, folder: config.folder(), limit }, clock::now))
}

/// Returns the consumers of changes, for whom the store enqueues jobs.
pub(crate) fn consumers(config: &Config) -> Consumers {
    let has_command = !config.publish.on_change.trim().is_empty();
    let changes = has_command.then(|| ON_CHANGE_QUEUE.to_owned()).into_iter().collect();
    Consumers { changes, ..notifications(config).consumers() }
}

/// Returns the queues of jobs that the settings name. Mails stay in their queue even if there is no `[mail]` for a while.
pub(crate) fn queues(config: &Config) -> Vec<String> {
    let webhooks = config.webhooks().into_iter().map(|webhook| Recipient::webhook(&webhook.name).queue);
    [MAIL_QUEUE.to_owned()].into_iter().chain(webhooks).chain(consumers(config).changes).collect()
}

/// Returns the names of those who may decide.
pub(crate) fn moderator_names(config: &Config) -> Vec<String> {
    config.moderators().into_iter().map(|moderator| moderator.name).collect()
}

/// Returns a link that signs a moderator in, once. `url` is where browsers reach the queue; it ends in `/`.
pub(crate) fn sign_in_link(store: &Store, url: &str, moderator: &str, now: Timestamp) -> Result<String, StoreError> {
    Ok(format!("{url}moderation/sign-in/{}", store.invite(moderator, now)?))
}
