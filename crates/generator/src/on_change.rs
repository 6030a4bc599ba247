//! The owner's command, which is run after changes.

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

use self::command::Group;
use crate::StopSignal;

/// Changes that come closer together than this are one.
const QUIET: Duration = Duration::from_secs(1);
/// Under a steady stream of changes the command runs this often.
const LONGEST: Duration = Duration::from_secs(10);
/// After a command that failed.
const RETRY: Duration = Duration::from_secs(30);

/// Why the owner's command did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum OnChangeError {
    /// The shell could not be started.
    #[error("[publish] on_change could not be run: {0}")]
    Start(#[from] io::Error),
    /// The command said that it failed.
    #[error("[publish] on_change failed ({0}): {1}")]
    Failed(std::process::ExitStatus, String),
    /// The command took too long.
    #[error("[publish] on_change was killed, for it had not ended after {0} s ([publish] on_change_seconds): {1}")]
    Overdue(u64, String),
}

/// The command, where it runs, and how long it may take.
#[derive(Debug, Clone)]
pub struct ChangeCommand {
    /// For `sh -c`.
    pub command: String,
    /// Its working directory.
    pub folder: PathBuf,
    /// After this time it is killed.
    pub limit: Duration,
}

/// Runs the owner's command after changes, on a thread of its own: the generator does not wait for it.
pub struct OnChange {
    changes: Mutex<Option<Sender<BTreeSet<ArticlePath>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    stop: StopSignal,
}

impl OnChange {
    /// Runs `command` after each burst of changes, in a process group of its own.
    pub fn start(command: ChangeCommand) -> Self {
        let (sender, receiver) = mpsc::channel();
        let stop = StopSignal::default();
        let thread = thread::spawn({
            let stop = stop.clone();
            // One that ends would end all later runs without a word.
            move || {
                while catch_unwind(AssertUnwindSafe(|| follow(&receiver, &command, &stop))).is_err() {
                    tracing::error!("on_change: the thread that runs the command has failed, and begins again");
                }
            }
        });
        Self { changes: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)), stop }
    }

    /// Takes note of articles whose files changed.
    pub fn add(&self, articles: &BTreeSet<ArticlePath>) {
        if let Some(sender) = &*self.changes.lock().unwrap_or_else(PoisonError::into_inner) {
            // The thread ends only after `finish`, so somebody listens.
            let _ = sender.send(articles.clone());
        }
    }

    /// Runs the command for what is left, and returns when it has ended. One that has not ended after `time` is killed.
    pub fn finish(&self, time: Duration) {
        self.stop.set_within(time);
        drop(self.changes.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
    }

    /// Runs the command once, now, with the articles' paths on its standard input, one a line. It belongs to the caller's process group,
    /// and so to the terminal.
    pub fn run_once(command: &ChangeCommand, articles: &BTreeSet<ArticlePath>) -> Result<(), OnChangeError> {
        run(command, articles, Group::Callers, &StopSignal::default())
    }
}

/// Waits for the command itself, not for what it has left in the background.
fn run(command: &ChangeCommand, articles: &BTreeSet<ArticlePath>, group: Group, stop: &StopSignal) -> Result<(), OnChangeError> {
    let ChangeCommand { command, folder, limit } = command;
    let lines: String = articles.iter().flat_map(|path| [path.as_str(), "\n"]).collect();
    command::run(command, Path::new(folder), lines, group, &|time| time >= *limit || stop.is_overdue())
}

fn follow(changes: &Receiver<BTreeSet<ArticlePath>>, command: &ChangeCommand, stop: &StopSignal) {
    // None: nothing to do. What a failed command was told, the next run is told again.
    let mut waiting: Option<BTreeSet<ArticlePath>> = None;
    let mut open = true;
    while open {
        let next = if waiting.is_some() { changes.recv_timeout(RETRY) } else { changes.recv().map_err(|_| RecvTimeoutError::Disconnected) };
        match next {
            Ok(articles) => {
                waiting.get_or_insert_default().extend(articles);
                open = gather(changes, waiting.get_or_insert_default());
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => open = false,
        }
        let Some(articles) = &waiting else { continue };
        if stop.is_overdue() {
            break;
        }
        match run(command, articles, Group::Own, stop) {
            Ok(()) => {
                tracing::info!(articles = articles.len(), "on_change ran");
                waiting = None;
            }
            Err(error) => {
                tracing::error!(articles = articles.len(), "{error}; it is run again with the next change, or in {} s", RETRY.as_secs());
            }
        }
    }
    if let Some(articles) = waiting {
        tracing::warn!(
            articles = articles.len(),
            "stopping: on_change did not run to its end for the last changes, and is not told of them again; run it by hand"
        );
    }
}

/// Collects changes until they pause; says whether more may come.
fn gather(changes: &Receiver<BTreeSet<ArticlePath>>, articles: &mut BTreeSet<ArticlePath>) -> bool {
    let first = Instant::now();
    while first.elapsed() < LONGEST {
        match changes.recv_timeout(QUIET) {
            Ok(more) => articles.extend(more),
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
    true
}
