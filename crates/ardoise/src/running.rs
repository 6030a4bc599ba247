//! What `serve` and `dev` have in common: the service, the catalogue's watch and the generator in one process.

use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ardoise_generator::{OnChange, StopSignal, Worker};
use ardoise_service::FailedParts;

use crate::config::Config;
use crate::notifier::Notifier;
use crate::parts::{Parts, RunMode, RuntimeContext};
use crate::supervisor::Supervisor;
use crate::{limits, retention, spam_checks};

// The deadlines of the parts at the stop; docs/deploy.md has the sum.

/// First, requests in flight finish.
const REQUESTS_DEADLINE: Duration = Duration::from_secs(10);
/// Then the generator catches up. What it does not finish keeps its rows of work for the next start.
const GENERATOR_DEADLINE: Duration = Duration::from_secs(10);
/// Then the owner's command runs for the last changes. It is killed after this time.
const ON_CHANGE_DEADLINE: Duration = Duration::from_secs(10);
/// Beside the generator, deliveries in progress finish. Later ones are abandoned, and repeated after the next start.
const DELIVERIES_DEADLINE: Duration = Duration::from_secs(5);

/// Runs until a signal comes; then requests in flight finish, and the generator catches up.
///
/// `prepare` is called once the port is bound, before anything else is touched; `ready` when comments are accepted.
pub(crate) fn run(
    config: &Config,
    mode: RunMode,
    prepare: impl FnOnce() -> anyhow::Result<()>,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<ExitCode> {
    let (listener, moderation_listener) = bind(config, mode.dev_site.is_some())?;
    prepare()?;
    let moderation_address = moderation_listener.as_ref().map(TcpListener::local_addr).transpose()?;
    let supervisor = Supervisor::default();
    let context =
        RuntimeContext { address: listener.local_addr()?, shutdown_timeout: REQUESTS_DEADLINE, failed_parts: failed_parts(&supervisor) };
    let Parts { store, clock_monitor, screening, catalogue, generator, on_change, dispatcher, service } =
        Parts::assemble(config, mode, context)?;
    let notifier = Notifier::start(dispatcher, &store, &supervisor)?;
    let stop = StopSignal::default();
    let on_change = on_change.map(Arc::new);
    thread::scope(|scope| {
        let _stop = StopAll { stop: &stop, on_change: on_change.as_deref() };
        if let Some(catalogue) = &catalogue {
            supervisor.spawn(scope, "catalogue", &stop, || catalogue.watch(&stop))?;
        }
        supervisor.spawn(scope, "spam checks", &stop, || spam_checks::run(&screening, &clock_monitor, &store, &stop))?;
        supervisor.spawn(scope, "retention", &stop, || retention::run(&store, &config.privacy, &stop))?;
        if let Some(on_change) = &on_change {
            supervisor.spawn(scope, "on_change", on_change.stop_signal(), || on_change.run())?;
        }
        let worker = Worker::new(generator, on_change.clone(), ON_CHANGE_DEADLINE);
        let generator = supervisor.spawn(scope, "generator", &stop, {
            let stop = &stop;
            move || worker.run(stop)
        })?;
        let served = ardoise_service::serve(listener, moderation_listener, service, store.clone(), |address| {
            announce(address, moderation_address);
            ready(address);
        });
        // The generator stops after the service, so that the last submissions are generated too.
        tracing::info!("stopping: requests have finished, the generator catches up");
        notifier.stop();
        stop.set_with_deadline(GENERATOR_DEADLINE);
        let _ = generator.join();
        served
    })?;
    notifier.finish(DELIVERIES_DEADLINE);
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Stops all threads when it is dropped, so that an error at the start does not wait for those that were started before.
struct StopAll<'a> {
    stop: &'a StopSignal,
    on_change: Option<&'a OnChange>,
}

impl Drop for StopAll<'_> {
    fn drop(&mut self) {
        self.stop.set();
        self.on_change.iter().for_each(|on_change| on_change.stop_signal().set());
    }
}

/// Acquires what belongs to one process alone, before anything is touched: the addresses, and a tree that may be written to.
fn bind(config: &Config, is_dev: bool) -> anyhow::Result<(TcpListener, Option<TcpListener>)> {
    limits::raise();
    // Closing the terminal ends `dev`, but not a service.
    #[cfg(unix)]
    if !is_dev {
        ardoise_service::survive_signals()?;
    }
    // The port comes first: a second process that cannot have it must not touch anything of the first.
    let listener = listen(config, is_dev)?;
    let moderation = config.moderation.listen.map(|address| ardoise_service::listen("[moderation] listen", address)).transpose()?;
    ardoise_generator::check_tree_folder(&config.to())?;
    Ok((listener, moderation))
}

/// Binds the service's address. Under `dev` an error names the option `--port`, because its user may have seen no settings.
fn listen(config: &Config, is_dev: bool) -> anyhow::Result<TcpListener> {
    let address = config.service.listen;
    if let Some(queue) = config.moderation.listen.filter(|queue| *queue == address && address.port() != 0) {
        anyhow::bail!("[service] listen and [moderation] listen are both \"{queue}\"; give the queue another port, or leave its line out");
    }
    match ardoise_service::listen("[service] listen", address) {
        Err(error) if is_dev && error.kind() == std::io::ErrorKind::AddrInUse => anyhow::bail!(
            "port {} is in use, perhaps by another Ardoise; take another one: `ardoise dev --port {}`, or --port 0 for any that is free",
            address.port(),
            address.port().wrapping_add(10).max(1024)
        ),
        listener => Ok(listener?),
    }
}

fn failed_parts(supervisor: &Supervisor) -> FailedParts {
    let supervisor = supervisor.clone();
    Arc::new(move || supervisor.failed_parts())
}

fn announce(address: SocketAddr, moderation: Option<SocketAddr>) {
    if let Some(address) = moderation {
        tracing::info!("the moderators' queue is on http://{address}/moderation");
    }
    tracing::info!("taking comments in on http://{address}");
    // systemd's readiness notification; without systemd it fails, which is no error.
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
}
