use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ardoise_model::ArticlePath;

/// Changes that come closer together than this are one.
const QUIET: Duration = Duration::from_secs(1);
/// Under a steady stream of changes the command runs this often.
const LONGEST: Duration = Duration::from_secs(10);
/// After a command that failed.
const RETRY: Duration = Duration::from_secs(30);

/// Why the owner's command did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum OnChangeError {
    /// The shell could not be started, or not be written to.
    #[error("[publish] on_change could not be run: {0}")]
    Start(#[from] io::Error),
    /// The command said that it failed.
    #[error("[publish] on_change failed ({0}): {1}")]
    Failed(std::process::ExitStatus, String),
}

/// Runs the owner's command after changes, on a thread of its own: the generator does not wait for it.
pub struct OnChange {
    changes: Mutex<Option<Sender<BTreeSet<ArticlePath>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl OnChange {
    /// Runs `command` with `sh -c` in `folder`, after each burst of changes.
    pub fn start(command: String, folder: PathBuf) -> Self {
        let (sender, receiver) = mpsc::channel();
        let thread = thread::spawn(move || follow(&receiver, &command, &folder));
        Self { changes: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)) }
    }

    /// Takes note of articles whose files changed.
    pub fn add(&self, articles: &BTreeSet<ArticlePath>) {
        if let Some(sender) = &*self.changes.lock().unwrap_or_else(PoisonError::into_inner) {
            // The thread ends only after `finish`, so somebody listens.
            let _ = sender.send(articles.clone());
        }
    }

    /// Runs the command for what is left, and returns when it has ended.
    pub fn finish(&self) {
        drop(self.changes.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
    }

    /// Runs `command` once, now, with the articles' paths on its standard input, one a line.
    pub fn run_once(command: &str, folder: &std::path::Path, articles: &BTreeSet<ArticlePath>) -> Result<(), OnChangeError> {
        let mut child = Command::new("sh")
            .args(["-c", command])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let lines: String = articles.iter().flat_map(|path| [path.as_str(), "\n"]).collect();
        let mut input = child.stdin.take();
        // From a thread: a command that writes before it reads would block on a full pipe, and we with it.
        let writer = thread::spawn(move || input.as_mut().map(|input| input.write_all(lines.as_bytes())));
        let output = child.wait_with_output()?;
        // A command that has no use for the list closes its input early; that is no error.
        let _ = writer.join();
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(OnChangeError::Failed(output.status, if said.is_empty() { "it said nothing on standard error".to_owned() } else { said }))
    }
}

fn follow(changes: &Receiver<BTreeSet<ArticlePath>>, command: &str, folder: &std::path::Path) {
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
        match OnChange::run_once(command, folder, articles) {
            Ok(()) => {
                tracing::info!(articles = articles.len(), "on_change ran");
                waiting = None;
            }
            Err(error) => tracing::error!("{error}"),
        }
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
