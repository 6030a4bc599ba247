//! What `serve` and `dev` have in common: the service, the catalogue's watch and the generator in one process.

use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::Duration;

use ardoise_generator::{Catalogue, Drafts, OnChange, StopSignal, Worker};
use ardoise_model::{HoldPolicy, Origin, Policy, Timestamp};
use ardoise_notify::Dispatcher;
use ardoise_service::{DevSite, FailedParts, Proxies, Rate, ScreeningCache, Settings, Timeouts};
use ardoise_store::{Channels, Departures, Store};

use crate::clock::Clock;
use crate::config::Config;
use crate::supervisor::Supervisor;
use crate::{limits, notifier, retention, wire};

/// How often it is looked whether there is something new to learn.
const LOOK: Duration = Duration::from_secs(5);

/// At the stop, each part has its time; docs/deploy.md has the sum. First, requests in flight finish.
const REQUESTS: Duration = Duration::from_secs(10);
/// Then the generator catches up; what it does not come to has rows of work, and is done at the next start.
const CATCH_UP: Duration = Duration::from_secs(10);
/// Then the owner's command runs for the last changes; one that takes longer is killed.
const ON_CHANGE: Duration = Duration::from_secs(10);
/// At the same time as the generator, deliveries under way end; one that takes longer is left, and repeated after the next start.
const DELIVERIES: Duration = Duration::from_secs(5);

/// In what `serve` and `dev` differ.
pub(crate) struct RunMode {
    /// Comments are published as they come, whatever the rules say.
    pub(crate) publish_all: bool,
    /// None: the address that is listened on.
    pub(crate) origin: Option<Origin>,
    /// People and programs are told of comments.
    pub(crate) tells: bool,
    /// The site itself is served too.
    pub(crate) local: Option<DevSite>,
}

/// Runs until a signal comes; then requests in flight finish, and the generator catches up.
///
/// `prepare` is called once the port is ours, before anything else is touched; `ready` when comments are taken in.
pub(crate) fn run(
    config: &Config,
    manner: RunMode,
    prepare: impl FnOnce() -> anyhow::Result<()>,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<ExitCode> {
    let (listener, moderation) = begin(config, manner.local.is_none())?;
    prepare()?;
    let (store, sender) = store(config, manner.tells)?;
    let clock = Mutex::new(Clock::start());
    clock.lock().unwrap_or_else(PoisonError::into_inner).vouch(&store);
    // Where it is tried out, everything is where it listens.
    let here = || listener.local_addr().map(|address| format!("http://{address}"));
    let moderation_url = if manner.origin.is_some() { config.moderation_url() } else { format!("{}/", here()?) };
    let origin = manner.origin.map_or_else(|| Ok(here()?.parse()?), anyhow::Ok)?;
    let catalogue = catalogue(config, &store, &origin, manner.local.is_some());
    let policy = policy(config, manner.publish_all, catalogue.is_some());
    let keeper = ScreeningCache::new(store.clone(), policy, config.rules.lifetimes(config.privacy.network_hours));
    // Before the first comment too: what was learnt is known from the beginning.
    refresh(&keeper, &mut String::new());
    let supervisor = Supervisor::default();
    let settings = Settings {
        origin: origin.clone(),
        title: config.title().to_owned(),
        home: format!("{origin}{}", config.site.path),
        tree_url: config.publish.url.clone(),
        screening: keeper.clone(),
        stacosys_redirect: Some(config.service.stacosys_redirect.clone()).filter(|url| !url.is_empty()),
        // Whoever tries it out sends from one address, without a web server between, and nobody else can reach it.
        proxies: if manner.local.is_some() { Proxies::none() } else { config.service.trusted_proxies.clone() },
        rate: if manner.local.is_some() { Rate { burst: 0, seconds: 0 } } else { config.rules.rate() },
        timeouts: Timeouts::default(),
        log_refused_addresses: config.service.log_refused_addresses,
        grace_millis: i64::from(config.service.grace_minutes) * Timestamp::MINUTE,
        links: wire::links(config, &store)?,
        clock: wire::now,
        moderation: wire::moderation(config, moderation_url, manner.tells),
        dev_site: manner.local,
        shutdown_timeout: REQUESTS,
        failed_parts: down(&supervisor),
    };
    let moderation_address = moderation.as_ref().map(TcpListener::local_addr).transpose()?;
    let notifier = notifier::start(sender, &store, &supervisor)?;
    let stop = StopSignal::default();
    thread::scope(|scope| {
        if let Some(catalogue) = &catalogue {
            part(scope, "catalogue", (&supervisor, &stop), || catalogue.watch(&stop))?;
        }
        part(scope, "spam checks", (&supervisor, &stop), || keep(&keeper, &clock, &store, &stop))?;
        part(scope, "retention", (&supervisor, &stop), || retention::run(&store, &config.privacy, &stop))?;
        let worker = Worker::new(wire::generator(config, &store), wire::on_change(config).map(OnChange::start), ON_CHANGE);
        let generating = part(scope, "generator", (&supervisor, &stop), {
            let stop = &stop;
            move || worker.run(stop)
        })?;
        let served = ardoise_service::serve(listener, moderation, settings, store.clone(), |address| {
            announce(address, moderation_address);
            ready(address);
        });
        // In this order: comments that were taken in last are generated too.
        tracing::info!("stopping: requests have finished, the generator catches up");
        notifier.stop();
        stop.set_with_deadline(CATCH_UP);
        let _ = generating.join();
        served
    })?;
    notifier.finish(DELIVERIES);
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// The catalogue, read once: a new article must not be refused.
fn catalogue(config: &Config, store: &Store, origin: &Origin, is_tried_out: bool) -> Option<Catalogue> {
    let drafts = if is_tried_out { Drafts::Take } else { Drafts::LeaveOut };
    let catalogue = wire::catalogue(config, store, origin)?.with_drafts(drafts);
    read(&catalogue);
    Some(catalogue)
}

/// What has to be ours before anything is touched: addresses, and a tree that may be written to.
fn begin(config: &Config, is_service: bool) -> anyhow::Result<(TcpListener, Option<TcpListener>)> {
    limits::raise();
    // A terminal that closes takes what was tried out in it along; a service it does not.
    #[cfg(unix)]
    if is_service {
        ardoise_service::survive_signals()?;
    }
    // First of all: a second one that cannot have the port must not touch anything of the first.
    let listener = listen(config, !is_service)?;
    let moderation = config.moderation.listen.map(|address| ardoise_service::listen("[moderation] listen", address)).transpose()?;
    ardoise_generator::check_tree_folder(&config.to())?;
    Ok((listener, moderation))
}

/// For `/health`.
fn down(supervisor: &Supervisor) -> FailedParts {
    let supervisor = supervisor.clone();
    Arc::new(move || supervisor.down())
}

/// A thread that the supervisor keeps at work.
fn part<'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: &'static str,
    (supervisor, stop): (&'scope Supervisor, &'scope StopSignal),
    work: impl Fn() + Send + 'scope,
) -> std::io::Result<ScopedJoinHandle<'scope, ()>> {
    thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, move || supervisor.keep(name, stop, work))
}

/// Whoever only tries it out has seen no settings.
fn listen(config: &Config, tried_out: bool) -> anyhow::Result<TcpListener> {
    let address = config.service.listen;
    if let Some(queue) = config.moderation.listen.filter(|queue| *queue == address && address.port() != 0) {
        anyhow::bail!("[service] listen and [moderation] listen are both \"{queue}\"; give the queue another port, or leave its line out");
    }
    match ardoise_service::listen("[service] listen", address) {
        Err(error) if tried_out && error.kind() == std::io::ErrorKind::AddrInUse => anyhow::bail!(
            "port {} is in use, perhaps by another Ardoise; take another one: `ardoise dev --port {}`, or --port 0 for any that is free",
            address.port(),
            address.port().wrapping_add(10).max(1024)
        ),
        listener => Ok(listener?),
    }
}

/// Where it is tried out, nobody is told of anything.
fn store(config: &Config, tells: bool) -> anyhow::Result<(Store, Option<Dispatcher>)> {
    let store = wire::prepared_store(config)?;
    if !tells {
        return Ok((store.with_channels(Channels::default()), None));
    }
    let sender = wire::sender(config, &store)?;
    Ok((store, sender))
}

fn announce(address: SocketAddr, moderation: Option<SocketAddr>) {
    if let Some(address) = moderation {
        tracing::info!("the moderators' queue is on http://{address}/moderation");
    }
    tracing::info!("taking comments in on http://{address}");
    // systemd's readiness; without systemd nobody listens, and that is no error.
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
}

/// Before the first submission: a new article must not be refused. What is missing, the watch looks at twice.
fn read(catalogue: &Catalogue) {
    match catalogue.refresh(Departures::Postpone) {
        Ok(report) => tracing::info!(articles = report.articles, pages = report.pages, "read the built site"),
        Err(error) => tracing::warn!("the built site could not be read; its articles stay as they were: {error}"),
    }
}

fn policy(config: &Config, publish_all: bool, known_articles_only: bool) -> Policy {
    if publish_all {
        let nothing = Policy { least_seconds: 0, duplicate_days: 0, links_hold: 0, proof_bits: 0, bayes: None, ..Policy::default() };
        return Policy { known_articles_only, hold: HoldPolicy::Suspicious, ..nothing };
    }
    config.policy(known_articles_only)
}

/// Learns, draws challenges and changes keys, until `stop` is set.
fn keep(keeper: &ScreeningCache, clock: &Mutex<Clock>, store: &Store, stop: &StopSignal) {
    let mut said = String::new();
    while !stop.wait(LOOK) {
        clock.lock().unwrap_or_else(PoisonError::into_inner).vouch(store);
        refresh(keeper, &mut said);
    }
}

fn refresh(keeper: &ScreeningCache, said: &mut String) {
    match keeper.refresh(wire::now()) {
        Ok(()) => said.clear(),
        // The same trouble every few seconds is one line.
        Err(error) if error.to_string() != *said => {
            *said = error.to_string();
            tracing::warn!("the checks against spam go by what they knew before: {said}");
        }
        Err(_) => {}
    }
}
