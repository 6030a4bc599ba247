use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use ardoise_model::LogOnce;
use ardoise_store::Departures;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::catalogue::Catalogue;
use crate::{GeneratorError, StopSignal};

/// The debounce interval: a site generator writes for a while, so the folder is read after no file has changed for this long.
const DEBOUNCE: Duration = Duration::from_millis(200);
/// The maximum delay of a read while changes keep coming.
const MAX_DELAY: Duration = Duration::from_secs(2);
/// The delay after which a missing article is looked up again. The site may be half built at the first look.
const RECHECK_DELAY: Duration = Duration::from_secs(2);
/// The interval of reads without events. Some file systems report no changes (network drives, containers).
const POLL_INTERVAL: Duration = Duration::from_secs(60);
/// How often this process tries to get the lease on the catalogue while another process has it. The interval is short: a process that
/// starts at the same time with an older build should not get the lease first.
const LEASE_POLL_INTERVAL: Duration = Duration::from_secs(2);
/// How often the loop checks whether the folder was replaced, and whether to stop.
const TICK: Duration = Duration::from_millis(250);

impl Catalogue {
    /// Watches the built site and refreshes the catalogue after changes, until `stop` is set.
    pub fn watch(&self, stop: &StopSignal) {
        let (sender, events) = mpsc::channel();
        let mut watched: Option<(FolderId, Option<RecommendedWatcher>)> = None;
        let mut next_refresh = Instant::now() + POLL_INTERVAL;
        let mut departures = Departures::Postpone;
        let mut logged = LogOnce::default();
        let mut lease_checked = Instant::now();
        while !stop.is_set() {
            let id = folder_id(&self.built);
            if watched.as_ref().map(|(id, _)| id) != Some(&id) {
                watched = Some((id, self.create_watcher(sender.clone())));
                next_refresh = Instant::now();
                departures = Departures::Postpone;
            } else if wait_for_changes(&events) {
                // The watcher is created anew after each change: `rm -r public` ends a watch silently, and the folder that replaces it may
                // even have the same inode number.
                watched = None;
                continue;
            } else if lease_checked.elapsed() >= LEASE_POLL_INTERVAL {
                lease_checked = Instant::now();
                if self.has_become_leader() {
                    // This process now has to handle departures, which it left to the other process until now.
                    next_refresh = Instant::now();
                    departures = Departures::Postpone;
                }
            }
            if Instant::now() < next_refresh {
                continue;
            }
            let missing = self.refresh_and_log(departures, &mut logged);
            // An article missing in two refreshes in a row has departed.
            let again = missing && departures == Departures::Postpone;
            next_refresh = Instant::now() + if again { RECHECK_DELAY } else { POLL_INTERVAL };
            departures = if again { Departures::Apply } else { Departures::Postpone };
        }
        // Release the lease, so that another process can take it at once.
        self.state().lead = None;
    }

    /// Returns whether this process has just got the lease.
    fn has_become_leader(&self) -> bool {
        let mut state = self.state();
        // A database error is logged by the next refresh.
        state.lead.is_none() && state.try_lead(&self.store).unwrap_or(false)
    }

    /// Refreshes the catalogue and logs the result. Returns whether a second look is needed because articles are missing.
    fn refresh_and_log(&self, departures: Departures<'_>, logged: &mut LogOnce) -> bool {
        match self.refresh(departures) {
            Ok(report) => {
                let change = &report.change;
                if change.arrived + change.changed > 0 || (!change.missing.is_empty() && departures == Departures::Apply) {
                    let (arrived, changed, gone) = (change.arrived, change.changed, change.missing.len());
                    tracing::info!(articles = report.articles, arrived, changed, gone, "the site has changed");
                }
                if logged.is_new(&report.problems.join("; ")) {
                    report.problems.iter().for_each(|problem| tracing::warn!("{problem}"));
                }
                !change.missing.is_empty()
            }
            Err(error) => {
                // While the site is rebuilt, its folder may be missing for a moment. Only a lasting error is logged, once.
                let message = error.to_string();
                if departures == Departures::Apply && logged.is_new(&message) {
                    tracing::warn!("the built site could not be read; its articles stay as they were: {message}");
                }
                !matches!(error, GeneratorError::Store(_))
            }
        }
    }

    fn create_watcher(&self, sender: mpsc::Sender<()>) -> Option<RecommendedWatcher> {
        let wake = move |event: notify::Result<Event>| {
            if event.as_ref().map_or(true, is_change) {
                // The receiver is gone only when the program ends.
                let _ = sender.send(());
            }
        };
        let watcher = notify::recommended_watcher(wake)
            .and_then(|mut watcher| watcher.watch(&self.built, RecursiveMode::Recursive).map(|()| watcher));
        match watcher {
            Ok(watcher) => Some(watcher),
            Err(_) if !self.built.is_dir() => None,
            Err(error) => {
                tracing::warn!(
                    "{} cannot be watched ({error}); it is read every {} seconds instead",
                    self.built.display(),
                    POLL_INTERVAL.as_secs()
                );
                None
            }
        }
    }
}

/// Waits up to a tick for a change, and then until changes pause. Returns whether there was one.
fn wait_for_changes(events: &Receiver<()>) -> bool {
    if events.recv_timeout(TICK).is_err() {
        return false;
    }
    let first = Instant::now();
    while first.elapsed() < MAX_DELAY && events.recv_timeout(DEBOUNCE) != Err(RecvTimeoutError::Timeout) {}
    true
}

/// Reading a file raises an event too, and every refresh reads all of them.
fn is_change(event: &Event) -> bool {
    !matches!(event.kind, EventKind::Access(_)) || event.need_rescan()
}

type FolderId = Option<(u64, u64)>;

#[cfg(unix)]
fn folder_id(folder: &Path) -> FolderId {
    use std::os::unix::fs::MetadataExt;
    folder.metadata().ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn folder_id(folder: &Path) -> FolderId {
    folder.metadata().ok().map(|_| (0, 0))
}
