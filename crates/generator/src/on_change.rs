//! The owner's command, run after changes to the published tree.

mod command;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ardoise_model::{ArticlePath, LogOnce, Timestamp};
use ardoise_store::{Claim, Listener, ON_CHANGE_QUEUE, Store, StoreError};

use self::command::ProcessGroup;
use crate::StopSignal;

/// The debounce interval: changes that are closer together than this are one.
const DEBOUNCE: Duration = Duration::from_secs(1);
/// The maximum delay of the command while changes keep coming.
const MAX_DELAY: Duration = Duration::from_secs(10);
/// The delay before the command is run again after a failure, unless there is another change before.
const RETRY_DELAY_MILLIS: i64 = 30 * Timestamp::SECOND;
/// The interval of polling: the store may not be able to notify of changes.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// The pause after an error of the store.
const STORE_RETRY_INTERVAL: Duration = Duration::from_secs(5);
/// The lease of claimed jobs. It is renewed while the command runs; when it ends, the process is considered dead.
const LEASE_MILLIS: i64 = 30 * Timestamp::SECOND;
/// The interval of renewing the lease.
const RENEWAL_INTERVAL: Duration = Duration::from_secs(10);
/// The most articles that one run is told of.
const MAX_ARTICLES: u32 = 100_000;

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
    /// The jobs could not be claimed or finished.
    #[error(transparent)]
    Store(#[from] StoreError),
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

/// Runs the owner's command after changes. The generator enqueues a job for each changed article; a run of the command does all jobs at once.
pub struct OnChange {
    store: Store,
    command: ChangeCommand,
    clock: fn() -> Timestamp,
    /// Whether this process has the lead. The command is about the tree of the process that generates.
    is_leading: AtomicBool,
}

impl OnChange {
    /// Creates the part that runs `command` for the jobs in `store`.
    pub fn new(store: Store, command: ChangeCommand, clock: fn() -> Timestamp) -> Self {
        Self { store, command, clock, is_leading: AtomicBool::new(false) }
    }

    /// Sets whether this process generates. Otherwise the jobs are left to the process that does.
    pub fn set_leading(&self, is_leading: bool) {
        self.is_leading.store(is_leading, Ordering::Relaxed);
    }

    /// Runs the command after each burst of changes, in its own process group, until `stop` is set; then once more for the last changes.
    /// The command is killed when `stop` is overdue. Jobs that are left are done after the next start.
    pub fn run(&self, stop: &StopSignal) {
        let _listener = self.listen(stop);
        let mut logged = LogOnce::default();
        // The cause of earlier failures may have been removed before this start.
        let mut result = self.store.retry_failed(ON_CHANGE_QUEUE, (self.clock)()).map(|()| Duration::ZERO);
        loop {
            let next = result.unwrap_or_else(|error| {
                let message = error.to_string();
                if logged.is_new(&message) {
                    tracing::warn!("on_change: its jobs could not be read, or not marked as done; trying again: {message}");
                }
                STORE_RETRY_INTERVAL
            });
            stop.wait_for_wake(next);
            let is_last = stop.is_set();
            result = self.round(stop);
            if is_last || stop.is_overdue() {
                break;
            }
        }
        self.report_rest();
    }

    /// Runs the command for `changed` and all jobs that are due, if there are any. It belongs to the caller's process group, and so to its
    /// terminal.
    pub fn run_now(&self, changed: Option<&BTreeSet<ArticlePath>>) -> Result<(), OnChangeError> {
        let claim = self.store.claim_jobs(ON_CHANGE_QUEUE, None, (self.clock)(), LEASE_MILLIS, MAX_ARTICLES)?;
        if changed.is_none() && claim.is_none() {
            return Ok(());
        }
        let mut articles = claim.as_ref().map(articles).unwrap_or_default();
        articles.extend(changed.into_iter().flatten().cloned());
        let result = self.execute(&articles, claim.as_ref(), ProcessGroup::Caller, &StopSignal::default());
        if let Some(claim) = claim {
            self.record(&claim, &result)?;
        }
        result
    }

    /// Wakes the thread after changes. Without it, the thread polls.
    fn listen(&self, stop: &StopSignal) -> Option<Listener> {
        let signal = stop.clone();
        self.store.listen(move || signal.wake()).inspect_err(|error| tracing::warn!("{error}; on_change may run a second late")).ok()
    }

    /// Runs the command if a job is due. Returns the time until the next round.
    fn round(&self, stop: &StopSignal) -> Result<Duration, StoreError> {
        if !self.is_leading.load(Ordering::Relaxed) {
            return Ok(POLL_INTERVAL);
        }
        let now = (self.clock)();
        if self.store.next_due(ON_CHANGE_QUEUE)?.is_none_or(|due| due > now) {
            return Ok(POLL_INTERVAL);
        }
        self.wait_for_pause(stop)?;
        let claim = self.store.claim_jobs(ON_CHANGE_QUEUE, None, (self.clock)(), LEASE_MILLIS, MAX_ARTICLES)?;
        let Some(claim) = claim else { return Ok(POLL_INTERVAL) };
        let articles = articles(&claim);
        let result = self.execute(&articles, Some(&claim), ProcessGroup::Own, stop);
        match &result {
            Ok(()) => tracing::info!(articles = articles.len(), "on_change ran"),
            Err(error) => tracing::error!(
                articles = articles.len(),
                "{error}; it is run again with the next change, or in {} s",
                RETRY_DELAY_MILLIS / Timestamp::SECOND
            ),
        }
        self.record(&claim, &result)?;
        Ok(Duration::ZERO)
    }

    /// Waits until changes pause.
    fn wait_for_pause(&self, stop: &StopSignal) -> Result<(), StoreError> {
        let begun = Instant::now();
        let mut newest = self.store.newest_job(ON_CHANGE_QUEUE)?;
        while begun.elapsed() < MAX_DELAY && !stop.wait(DEBOUNCE) {
            let now = self.store.newest_job(ON_CHANGE_QUEUE)?;
            if now == newest {
                break;
            }
            newest = now;
        }
        Ok(())
    }

    /// Runs the command with the articles' paths on standard input, one per line. Waits for the shell, but not for processes that it left in
    /// the background. Renews the claim meanwhile.
    fn execute(
        &self,
        articles: &BTreeSet<ArticlePath>,
        claim: Option<&Claim>,
        group: ProcessGroup,
        stop: &StopSignal,
    ) -> Result<(), OnChangeError> {
        let ChangeCommand { command, folder, limit } = &self.command;
        let lines: String = articles.iter().flat_map(|path| [path.as_str(), "\n"]).collect();
        let renewed = Cell::new(Instant::now());
        command::run(command, folder, lines, group, &|time| {
            if let Some(claim) = claim.filter(|_| renewed.get().elapsed() >= RENEWAL_INTERVAL) {
                renewed.set(Instant::now());
                // After an error, the next renewal may still be in time. If the lease ends, another process runs the command too.
                let _ = self.store.renew_claim(claim, (self.clock)(), LEASE_MILLIS);
            }
            time >= *limit || stop.is_overdue()
        })
    }

    /// Removes the jobs, or leaves them to the next run if this one failed.
    fn record(&self, claim: &Claim, result: &Result<(), OnChangeError>) -> Result<(), StoreError> {
        match result {
            Ok(()) => self.store.finish_jobs(claim),
            Err(error) => self.store.postpone_jobs(claim, &error.to_string(), Timestamp((self.clock)().0 + RETRY_DELAY_MILLIS)),
        }
    }

    fn report_rest(&self) {
        if let Ok(Some(_)) = self.store.next_due(ON_CHANGE_QUEUE)
            && self.is_leading.load(Ordering::Relaxed)
        {
            tracing::warn!("stopping: on_change did not finish for the last changes; it is run for them after the next start");
        }
    }
}

/// Returns the articles that a claim names. A job for a change of other files names none.
fn articles(claim: &Claim) -> BTreeSet<ArticlePath> {
    let paths = claim.jobs.iter().map(|job| job.subject.clone()).filter(|path| !path.is_empty());
    paths.map(ArticlePath::from_stored).collect()
}
