//! The owner's command, run after changes to the published tree.

mod command;

use std::collections::BTreeSet;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ardoise_model::ArticlePath;

use self::command::ProcessGroup;
use crate::StopSignal;

/// The debounce interval: changes that are closer together than this are one.
const DEBOUNCE: Duration = Duration::from_secs(1);
/// The maximum delay of the command while changes keep coming.
const MAX_DELAY: Duration = Duration::from_secs(10);
/// The delay before the command is run again after a failure.
const RETRY_DELAY: Duration = Duration::from_secs(30);

/// Errors of the owner's command.
#[derive(Debug, thiserror::Error)]
pub enum OnChangeError {
    /// The shell could not be started.
    #[error("[publish] on_change could not be run: {0}")]
    Start(#[from] io::Error),
    /// The command exited with an error.
    #[error("[publish] on_change failed ({0}): {1}")]
    Failed(std::process::ExitStatus, String),
    /// The command exceeded its time limit.
    #[error("[publish] on_change was killed, for it had not ended after {0} s ([publish] on_change_seconds): {1}")]
    Overdue(u64, String),
}

/// The owner's command.
#[derive(Debug, Clone)]
pub struct ChangeCommand {
    /// The command line, for `sh -c`.
    pub command: String,
    /// Its working directory.
    pub folder: PathBuf,
    /// The time limit, after which the command is killed.
    pub limit: Duration,
}

/// Runs the owner's command after changes, on its own thread, so that the generator does not wait for it.
pub struct OnChange {
    changes: Mutex<Option<Sender<BTreeSet<ArticlePath>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    stop: StopSignal,
}

impl OnChange {
    /// Starts the thread, which runs `command` after each burst of changes in its own process group.
    pub fn start(command: ChangeCommand) -> Self {
        let (sender, receiver) = mpsc::channel();
        let stop = StopSignal::default();
        let thread = thread::spawn({
            let stop = stop.clone();
            // A panic must not end the thread: no later run would happen, and nothing would be logged.
            move || {
                while catch_unwind(AssertUnwindSafe(|| run_after_changes(&receiver, &command, &stop))).is_err() {
                    tracing::error!("on_change: the thread that runs the command failed and restarts");
                }
            }
        });
        Self { changes: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)), stop }
    }

    /// Queues articles whose files changed.
    pub fn add(&self, articles: &BTreeSet<ArticlePath>) {
        if let Some(sender) = &*self.changes.lock().unwrap_or_else(PoisonError::into_inner) {
            // The thread ends only after `finish`, so the receiver exists.
            let _ = sender.send(articles.clone());
        }
    }

    /// Runs the command for the remaining changes and returns once it has ended. Kills the command after `time`.
    pub fn finish(&self, time: Duration) {
        self.stop.set_with_deadline(time);
        drop(self.changes.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
    }

    /// Runs the command once with the articles' paths on standard input, one per line. It belongs to the caller's process group, and so to
    /// its terminal.
    pub fn run_once(command: &ChangeCommand, articles: &BTreeSet<ArticlePath>) -> Result<(), OnChangeError> {
        run(command, articles, ProcessGroup::Caller, &StopSignal::default())
    }
}

/// Runs the command and waits for the shell, but not for processes that it left in the background.
fn run(command: &ChangeCommand, articles: &BTreeSet<ArticlePath>, group: ProcessGroup, stop: &StopSignal) -> Result<(), OnChangeError> {
    let ChangeCommand { command, folder, limit } = command;
    let lines: String = articles.iter().flat_map(|path| [path.as_str(), "\n"]).collect();
    command::run(command, Path::new(folder), lines, group, &|time| time >= *limit || stop.is_overdue())
}

fn run_after_changes(changes: &Receiver<BTreeSet<ArticlePath>>, command: &ChangeCommand, stop: &StopSignal) {
    // `None` means that there is nothing to do. After a failure the articles stay, and the next run gets them again.
    let mut waiting: Option<BTreeSet<ArticlePath>> = None;
    let mut open = true;
    while open {
        let next =
            if waiting.is_some() { changes.recv_timeout(RETRY_DELAY) } else { changes.recv().map_err(|_| RecvTimeoutError::Disconnected) };
        match next {
            Ok(articles) => {
                waiting.get_or_insert_default().extend(articles);
                open = collect_burst(changes, waiting.get_or_insert_default());
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => open = false,
        }
        let Some(articles) = &waiting else { continue };
        if stop.is_overdue() {
            break;
        }
        match run(command, articles, ProcessGroup::Own, stop) {
            Ok(()) => {
                tracing::info!(articles = articles.len(), "on_change ran");
                waiting = None;
            }
            Err(error) => {
                tracing::error!(
                    articles = articles.len(),
                    "{error}; it is run again with the next change, or in {} s",
                    RETRY_DELAY.as_secs()
                );
            }
        }
    }
    if let Some(articles) = waiting {
        tracing::warn!(
            articles = articles.len(),
            "stopping: on_change did not finish for the last changes, and does not run for them again; run it by hand"
        );
    }
}

/// Collects changes until they pause. Returns whether more may come.
fn collect_burst(changes: &Receiver<BTreeSet<ArticlePath>>, articles: &mut BTreeSet<ArticlePath>) -> bool {
    let first = Instant::now();
    while first.elapsed() < MAX_DELAY {
        match changes.recv_timeout(DEBOUNCE) {
            Ok(more) => articles.extend(more),
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
    true
}
