//! The parts of `serve` and `dev`, assembled from the settings once and in one place.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use ardoise_generator::{Catalogue, Drafts, Generator, OnChange};
use ardoise_model::{HoldPolicy, LogOnce, Origin, Policy, Timestamp};
use ardoise_notify::{DispatchContext, Dispatcher, Links, Notifications};
use ardoise_service::{DevSite, FailedParts, ModerationSettings, Proxies, Rate, ScreeningCache, Settings, Timeouts};
use ardoise_store::{Consumers, Departures, Store};

use crate::clock::{self, ClockMonitor};
use crate::config::Config;
use crate::{assemble, spam_checks};

/// The differences between `serve` and `dev`.
pub(crate) struct RunMode {
    /// Comments are published at once, whatever the rules say.
    pub(crate) publish_all: bool,
    /// The site's origin. `None`: the address that is listened on.
    pub(crate) origin: Option<Origin>,
    /// Mails and webhooks are sent.
    pub(crate) notifies: bool,
    /// The site that is served beside the service.
    pub(crate) dev_site: Option<DevSite>,
}

/// What runs until a signal comes.
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) clock_monitor: Mutex<ClockMonitor>,
    pub(crate) screening: ScreeningCache,
    /// `None`: the settings name no built site.
    pub(crate) catalogue: Option<Catalogue>,
    pub(crate) generator: Generator,
    /// `None`: nothing runs after a change.
    pub(crate) on_change: Option<OnChange>,
    /// `None`: no one is notified.
    pub(crate) dispatcher: Option<Dispatcher>,
    pub(crate) service: Settings,
}

/// What [`Parts::assemble`] needs beside the settings.
pub(crate) struct RuntimeContext {
    /// The address that the service listens on.
    pub(crate) address: SocketAddr,
    /// How long requests in flight may take at the stop.
    pub(crate) shutdown_timeout: Duration,
    /// Lists the parts that have failed, for `/health`.
    pub(crate) failed_parts: FailedParts,
}

impl Parts {
    /// Prepares the database, reads the built site and learns from past decisions, so that the first submission is treated like any other.
    pub(crate) fn assemble(config: &Config, mode: RunMode, context: RuntimeContext) -> anyhow::Result<Self> {
        let notifications = assemble::notifications(config);
        let consumers = assemble::consumers(config);
        let consumers = if mode.notifies { consumers } else { Consumers { changes: consumers.changes, ..Consumers::default() } };
        let store = assemble::prepared_store(config)?.with_consumers(consumers);
        if mode.notifies {
            remove_unnamed_queues(&store, &assemble::queues(config));
        }
        let links = assemble::links(config, &store)?;
        let dispatcher = if mode.notifies { dispatcher(config, &store, &links, &notifications)? } else { None };
        let mut clock_monitor = ClockMonitor::start();
        clock_monitor.report(&store);
        // `dev` serves everything at the address that it listens on.
        let here = format!("http://{}", context.address);
        let moderation_url = if mode.origin.is_some() { config.moderation_url() } else { format!("{here}/") };
        let origin = mode.origin.map_or_else(|| here.parse(), Ok)?;
        let is_dev = mode.dev_site.is_some();
        let catalogue = catalogue(config, &store, &origin, is_dev);
        let policy = policy(config, mode.publish_all, catalogue.is_some());
        let screening = ScreeningCache::new(store.clone(), policy, config.rules.lifetimes(config.privacy.network_hours));
        spam_checks::refresh(&screening, &mut LogOnce::default());
        let service = Settings {
            home: format!("{origin}{}", config.site.path),
            origin,
            title: config.title().to_owned(),
            tree_url: config.publish.url.clone(),
            screening: screening.clone(),
            stacosys_redirect: Some(config.service.stacosys_redirect.clone()).filter(|url| !url.is_empty()),
            // Under `dev` there is no proxy, and all comments come from this machine.
            proxies: if is_dev { Proxies::none() } else { config.service.trusted_proxies.clone() },
            rate: if is_dev { Rate { burst: 0, seconds: 0 } } else { config.rules.rate() },
            timeouts: Timeouts::default(),
            log_refused_addresses: config.service.log_refused_addresses,
            grace_millis: i64::from(config.service.grace_minutes) * Timestamp::MINUTE,
            links,
            clock: clock::now,
            moderation: ModerationSettings {
                url: moderation_url,
                moderators: assemble::moderator_names(config),
                owner: config.site.owner.trim().to_owned(),
                notifications: mode.notifies.then_some(notifications),
            },
            dev_site: mode.dev_site,
            shutdown_timeout: context.shutdown_timeout,
            failed_parts: context.failed_parts,
        };
        let (generator, on_change) = (assemble::generator(config, &store), assemble::on_change(config, &store));
        Ok(Self { store, clock_monitor: Mutex::new(clock_monitor), screening, catalogue, generator, on_change, dispatcher, service })
    }
}

/// Returns the sender of mails and webhooks. `None`: the settings name no receiver.
fn dispatcher(config: &Config, store: &Store, links: &Links, notifications: &Notifications) -> anyhow::Result<Option<Dispatcher>> {
    let mail = config.mail.as_ref().map(|mail| mail.server_with_login(&config.folder())).transpose()?;
    let notifications = Notifications { mail, ..notifications.clone() };
    if notifications.mail.is_none() && notifications.webhooks.is_empty() {
        return Ok(None);
    }
    let sign_in = |store: &Store, links: &Links, moderator: &str, now| assemble::sign_in_link(store, &links.moderation_url, moderator, now);
    let context = DispatchContext { links: links.clone(), sign_in, clock: clock::now };
    Ok(Some(Dispatcher::new(store.clone(), notifications, context)))
}

/// Removes jobs for webhooks and commands that the settings do not name any more.
fn remove_unnamed_queues(store: &Store, queues: &[String]) {
    match store.remove_other_queues(queues, clock::now()) {
        Ok(0) => {}
        Ok(jobs) => tracing::info!(jobs, "removed jobs for webhooks or commands that the settings do not name any more"),
        Err(error) => tracing::warn!("jobs that are no longer needed could not be removed: {error}"),
    }
}

/// Returns the catalogue, read once, so that a comment on a new article is not refused. Articles that are missing stay
/// until the watch has missed them twice.
fn catalogue(config: &Config, store: &Store, origin: &Origin, is_dev: bool) -> Option<Catalogue> {
    let drafts = if is_dev { Drafts::Take } else { Drafts::LeaveOut };
    let catalogue = assemble::catalogue(config, store, origin)?.with_drafts(drafts);
    match catalogue.refresh(Departures::Postpone) {
        Ok(report) => tracing::info!(articles = report.articles, pages = report.pages, "read the built site"),
        Err(error) => tracing::warn!("the built site could not be read; its articles stay as they were: {error}"),
    }
    Some(catalogue)
}

fn policy(config: &Config, publish_all: bool, known_articles_only: bool) -> Policy {
    if publish_all {
        let nothing = Policy { least_seconds: 0, duplicate_days: 0, links_hold: 0, proof_bits: 0, bayes: None, ..Policy::default() };
        return Policy { known_articles_only, hold: HoldPolicy::Suspicious, ..nothing };
    }
    config.policy(known_articles_only)
}
