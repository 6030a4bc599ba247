use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use ardoise_store::Departures;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::catalogue::Catalogue;
use crate::{GeneratorError, StopSignal};

/// How long the folder must be quiet before it is read; a site generator writes for a while.
const QUIET: Duration = Duration::from_millis(200);
/// Under a steady stream of changes the folder is read this often.
const LONGEST: Duration = Duration::from_secs(2);
/// An article that is missing is looked for again after this time: the site may be half built.
const SECOND_LOOK: Duration = Duration::from_secs(2);
/// Some file systems report nothing (network drives, containers), so the folder is read this often anyway.
const SLOW_POLL: Duration = Duration::from_secs(60);
/// Where another process keeps the catalogue, it is asked this often whether it still does. Soon: a process that starts just then with
/// an older build must not be the first.
const TURN: Duration = Duration::from_secs(2);
/// How often it is asked whether the folder is still the one that is watched, and whether to stop.
const TICK: Duration = Duration::from_millis(250);

impl Catalogue {
    /// Follows the built site until `stop` is set.
    pub fn watch(&self, stop: &StopSignal) {
        let (sender, events) = mpsc::channel();
        let mut watched: Option<(FolderId, Option<RecommendedWatcher>)> = None;
        let mut read_article_page = Instant::now() + SLOW_POLL;
        let mut departures = Departures::Postpone;
        let mut said = String::new();
        let mut asked = Instant::now();
        while !stop.is_set() {
            let id = folder_id(&self.built);
            if watched.as_ref().map(|(id, _)| id) != Some(&id) {
                watched = Some((id, self.arm(sender.clone())));
                read_article_page = Instant::now();
                departures = Departures::Postpone;
            } else if stirred(&events) {
                // Armed anew after each change: `rm -r public` ends a watch without a word, and the folder that comes in its
                // place may even get its inode number.
                watched = None;
                continue;
            } else if asked.elapsed() >= TURN {
                asked = Instant::now();
                if self.comes_to_lead() {
                    // What was left to the other process until now is done.
                    read_article_page = Instant::now();
                    departures = Departures::Postpone;
                }
            }
            if Instant::now() < read_article_page {
                continue;
            }
            let missing = self.look(departures, &mut said);
            // What the first look missed is gone when the second misses it too.
            let again = missing && departures == Departures::Postpone;
            read_article_page = Instant::now() + if again { SECOND_LOOK } else { SLOW_POLL };
            departures = if again { Departures::Apply } else { Departures::Postpone };
        }
        // Another process may keep the catalogue at once.
        self.state().lead = None;
    }

    /// Whether this process did not keep the catalogue, and does from now on.
    fn comes_to_lead(&self) -> bool {
        let mut state = self.state();
        // Trouble with the database is told of by the next look.
        state.lead.is_none() && state.leads(&self.store).unwrap_or(false)
    }

    /// Reads the site; says whether articles are missing.
    fn look(&self, departures: Departures<'_>, said: &mut String) -> bool {
        match self.refresh(departures) {
            Ok(report) => {
                let change = &report.change;
                if change.arrived + change.changed > 0 || (!change.missing.is_empty() && departures == Departures::Apply) {
                    let (arrived, changed, gone) = (change.arrived, change.changed, change.missing.len());
                    tracing::info!(articles = report.articles, arrived, changed, gone, "the site has changed");
                }
                let problems = report.problems.join("; ");
                if *said != problems {
                    report.problems.iter().for_each(|problem| tracing::warn!("{problem}"));
                    *said = problems;
                }
                !change.missing.is_empty()
            }
            Err(error) => {
                let message = error.to_string();
                // While the site is rebuilt its folder is away for a moment; that is a warning only if it lasts, and only once.
                if *said != message && departures == Departures::Apply {
                    tracing::warn!("the built site could not be read; its articles stay as they were: {message}");
                    *said = message;
                }
                !matches!(error, GeneratorError::Store(_))
            }
        }
    }

    fn arm(&self, sender: mpsc::Sender<()>) -> Option<RecommendedWatcher> {
        let wake = move |event: notify::Result<Event>| {
            if event.as_ref().map_or(true, is_change) {
                // Nobody listens any more: the program is about to end.
                let _ = sender.send(());
            }
        };
        let armed = notify::recommended_watcher(wake)
            .and_then(|mut watcher| watcher.watch(&self.built, RecursiveMode::Recursive).map(|()| watcher));
        match armed {
            Ok(watcher) => Some(watcher),
            Err(_) if !self.built.is_dir() => None,
            Err(error) => {
                tracing::warn!(
                    "{} cannot be watched ({error}); it is read every {} seconds instead",
                    self.built.display(),
                    SLOW_POLL.as_secs()
                );
                None
            }
        }
    }
}

/// Waits a moment for changes; when one comes, until they pause. Says whether one came.
fn stirred(events: &Receiver<()>) -> bool {
    if events.recv_timeout(TICK).is_err() {
        return false;
    }
    let first = Instant::now();
    while first.elapsed() < LONGEST && events.recv_timeout(QUIET) != Err(RecvTimeoutError::Timeout) {}
    true
}

/// A mere read of a file raises an event too, and we read them all.
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
