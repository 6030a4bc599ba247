//! The owner's command, run after changes to the published tree.

mod command;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ardoise_model::{ArticlePath, LogOnce, Timestamp, backoff_millis};
use ardoise_store::{Claim, Listener, ON_CHANGE_QUEUE, Store, StoreError};

use self::command::{KillReason, ProcessGroup};
use crate::{RunReport, StopSignal};

/// The debounce interval: changes that are closer together than this are one.
const DEBOUNCE: Duration = Duration::from_secs(1);
/// The maximum delay of the command while changes keep coming.
const MAX_DELAY: Duration = Duration::from_secs(10);
/// The delay before the command is run again after its first failure, unless there is another change before. It doubles with each further
/// failure.
const MIN_RETRY_DELAY_MILLIS: i64 = 30 * Timestamp::SECOND;
const MAX_RETRY_DELAY_MILLIS: i64 = 15 * Timestamp::MINUTE;
/// The interval of polling: the store may not be able to notify of changes.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// The pause after an error of the store.
const STORE_RETRY_INTERVAL: Duration = Duration::from_secs(2);
/// How long the thread may take at the stop beyond the time that the command has: to kill it, and to record that.
const STOP_MARGIN: Duration = Duration::from_secs(8);
/// The lease of claimed jobs. It is renewed while the command runs; when it ends, the process is considered dead.
const LEASE_MILLIS: i64 = 15 * Timestamp::SECOND;
/// The interval of renewing the lease.
const RENEWAL_INTERVAL: Duration = Duration::from_secs(5);
/// How often a process that waits for the end of another process's run looks for it.
const CLAIM_POLL_INTERVAL: Duration = Duration::from_millis(200);
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
    #[error("[publish] on_change did not end within {0} s ([publish] on_change_seconds), and was killed: {1}")]
    Overdue(u64, String),
    /// The program stopped before the command had ended.
    #[error("[publish] on_change was ended because Ardoise stopped: {0}")]
    Stopped(String),
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
/// Of all processes that do jobs of one database, one runs the command at a time.
pub struct OnChange {
    store: Store,
    command: ChangeCommand,
    clock: fn() -> Timestamp,
    /// Whether the command may run: this process leads, and its tree is up to date. The command is about the tree of the process that leads.
    is_allowed: AtomicBool,
    /// Whether [`OnChange::run`] has panicked and was not restarted yet.
    has_failed: AtomicBool,
    stop: StopSignal,
    /// Set when [`OnChange::run`] has returned after the stop.
    ended: StopSignal,
}

impl OnChange {
    /// Creates the part that runs `command` for the jobs in `store`.
    pub fn new(store: Store, command: ChangeCommand, clock: fn() -> Timestamp) -> Self {
        let (stop, ended) = (StopSignal::default(), StopSignal::default());
        Self { store, command, clock, is_allowed: AtomicBool::new(false), has_failed: AtomicBool::new(false), stop, ended }
    }

    /// Returns the signal that stops [`OnChange::run`].
    pub fn stop_signal(&self) -> &StopSignal {
        &self.stop
    }

    /// Sets whether the command may run: whether this process leads, and its tree is up to date.
    pub fn set_allowed(&self, is_allowed: bool) {
        self.is_allowed.store(is_allowed, Ordering::Relaxed);
    }

    fn is_allowed(&self) -> bool {
        self.is_allowed.load(Ordering::Relaxed)
    }

    /// Runs the command after each burst of changes, in its own process group, until the stop; then once more for the last changes. Jobs
    /// that are left are done after the next start.
    pub fn run(&self) {
        self.has_failed.store(false, Ordering::Relaxed);
        let _end = EndGuard(self);
        let _listener = self.listen();
        let mut logged = LogOnce::default();
        let mut was_allowed = false;
        let mut result: Result<_, StoreError> = Ok(Duration::ZERO);
        loop {
            match &result {
                Ok(_) => logged.clear(),
                Err(error) if logged.is_new(&error.to_string()) => tracing::warn!("on_change: its jobs could not be read: {error}"),
                Err(_) => {}
            }
            self.stop.wait_for_wake(result.unwrap_or(STORE_RETRY_INTERVAL));
            let is_last = self.stop.is_set();
            result = self.follow_lead(&mut was_allowed).and_then(|()| self.round());
            if is_last || self.stop.is_overdue() {
                break;
            }
        }
        // After an error of the store it is not known whether jobs are left.
        let is_done = result.is_ok() && matches!(self.store.newest_job(ON_CHANGE_QUEUE), Ok(None));
        if self.is_allowed() && !is_done {
            let why = result.err().map(|error| format!(" ({error})")).unwrap_or_default();
            tracing::warn!("stopping: on_change may not have run for the last changes{why}; it is run for them after the next start");
        }
    }

    /// Stops [`OnChange::run`], and waits until it has ended, a little longer than `time` at most. Kills the command after `time`.
    pub fn finish(&self, time: Duration) {
        self.stop.set_with_deadline(time);
        // After a panic it is not restarted any more.
        if !self.has_failed.load(Ordering::Relaxed) {
            self.ended.wait(time + STOP_MARGIN);
        }
    }

    /// Runs the command for all changes that wait, in the caller's process group. Waits while another process runs it, and repeats a run of
    /// that process that fails. Does nothing if no change waits.
    ///
    /// A process that has not led has no jobs: it runs the command for the articles that it has changed in its own tree.
    pub fn run_now(&self, outcome: &RunReport) -> Result<(), OnChangeError> {
        if !outcome.has_led {
            let has_changes = outcome.files > 0;
            return if has_changes { self.execute(&outcome.articles, None, ProcessGroup::Caller) } else { Ok(()) };
        }
        self.store.make_due(ON_CHANGE_QUEUE, (self.clock)(), LEASE_MILLIS)?;
        while let Some(due) = self.store.next_due(ON_CHANGE_QUEUE)? {
            let now = (self.clock)();
            // Later than the end of any lease: the other process has failed, and waits for its next attempt.
            if due.0 > now.0 + LEASE_MILLIS {
                self.store.make_due(ON_CHANGE_QUEUE, now, LEASE_MILLIS)?;
            }
            if let Some(claim) = self.claim()? {
                let result = self.execute(&articles(&claim), Some(&claim), ProcessGroup::Caller);
                self.record(&claim, &result)?;
                return result;
            }
            thread::sleep(CLAIM_POLL_INTERVAL);
        }
        Ok(())
    }

    /// Wakes the thread after changes. Without it, the thread polls.
    fn listen(&self) -> Option<Listener> {
        let signal = self.stop.clone();
        self.store.listen(move || signal.wake()).inspect_err(|error| tracing::warn!("{error}; on_change may run a second late")).ok()
    }

    /// Makes all jobs due when this process begins to lead: what failed before, or in another process, may succeed in this one.
    fn follow_lead(&self, was_allowed: &mut bool) -> Result<(), StoreError> {
        let is_allowed = self.is_allowed();
        if is_allowed && !*was_allowed {
            self.store.make_due(ON_CHANGE_QUEUE, (self.clock)(), LEASE_MILLIS)?;
        }
        *was_allowed = is_allowed;
        Ok(())
    }

    /// Runs the command if a job is due. Returns the time until the next round.
    fn round(&self) -> Result<Duration, StoreError> {
        let is_due = |due: Timestamp| due <= (self.clock)();
        if !self.is_allowed() || !self.store.next_due(ON_CHANGE_QUEUE)?.is_some_and(is_due) {
            return Ok(POLL_INTERVAL);
        }
        self.wait_for_pause()?;
        // The lead may have been lost meanwhile. If it is lost later, the new leader's tree changes again, and the command runs again for that.
        if !self.is_allowed() {
            return Ok(POLL_INTERVAL);
        }
        let Some(claim) = self.claim()? else { return Ok(POLL_INTERVAL) };
        let articles = articles(&claim);
        let result = self.execute(&articles, Some(&claim), ProcessGroup::Own);
        match &result {
            Ok(()) => tracing::info!(articles = articles.len(), "on_change ran"),
            Err(error) if self.stop.is_set() => tracing::error!(articles = articles.len(), "{error}; it is run again after the next start"),
            Err(error) => {
                let delay = retry_delay(&claim) / Timestamp::SECOND;
                tracing::error!(articles = articles.len(), "{error}; it is run again with the next change, or in {delay} s");
            }
        }
        self.record_until_stop(&claim, &result)?;
        Ok(Duration::ZERO)
    }

    /// Records the result of a run, and tries again until the store accepts it. After the end of the lease, another process may run the command.
    fn record_until_stop(&self, claim: &Claim, result: &Result<(), OnChangeError>) -> Result<(), StoreError> {
        let mut logged = LogOnce::default();
        while let Err(error) = self.record(claim, result) {
            if logged.is_new(&error.to_string()) {
                tracing::warn!("the result of on_change could not be recorded, trying again until it can: {error}");
            }
            if self.stop.wait(STORE_RETRY_INTERVAL) {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Waits until changes pause.
    fn wait_for_pause(&self) -> Result<(), StoreError> {
        let begun = Instant::now();
        let mut newest = self.store.newest_job(ON_CHANGE_QUEUE)?;
        while begun.elapsed() < MAX_DELAY && !self.stop.wait(DEBOUNCE) {
            let now = self.store.newest_job(ON_CHANGE_QUEUE)?;
            if now == newest {
                break;
            }
            newest = now;
        }
        Ok(())
    }

    fn claim(&self) -> Result<Option<Claim>, StoreError> {
        self.store.claim_queue(ON_CHANGE_QUEUE, (self.clock)(), LEASE_MILLIS, MAX_ARTICLES)
    }

    /// Runs the command with the articles' paths on standard input, one per line. Waits for the shell, but not for processes that it left in
    /// the background. Renews the claim meanwhile.
    fn execute(&self, articles: &BTreeSet<ArticlePath>, claim: Option<&Claim>, group: ProcessGroup) -> Result<(), OnChangeError> {
        let ChangeCommand { command, folder, limit } = &self.command;
        let lines: String = articles.iter().flat_map(|path| [path.as_str(), "\n"]).collect();
        let renewed = Cell::new(Instant::now());
        command::run(command, folder, lines, group, &|time| {
            if let Some(claim) = claim.filter(|_| renewed.get().elapsed() >= RENEWAL_INTERVAL) {
                renewed.set(Instant::now());
                // Neither an error nor a lost lease ends the command: the next renewal may be in time, and half a run helps nobody.
                let _ = self.store.renew_claim(claim, (self.clock)(), LEASE_MILLIS);
            }
            let is_late = (time >= *limit).then_some(KillReason::TimeLimit(*limit));
            is_late.or_else(|| self.stop.is_overdue().then_some(KillReason::Stop))
        })
    }

    /// Removes the jobs, or leaves them to the next run if this one failed.
    fn record(&self, claim: &Claim, result: &Result<(), OnChangeError>) -> Result<(), StoreError> {
        match result {
            Ok(()) => self.store.finish_jobs(claim),
            Err(error) => self.store.postpone_jobs(claim, &error.to_string(), Timestamp((self.clock)().0 + retry_delay(claim))),
        }
    }
}

/// Reports the end of [`OnChange::run`] after the stop, also by a panic. Before the stop, a panic is not the end: the supervisor restarts the
/// thread.
struct EndGuard<'a>(&'a OnChange);

impl Drop for EndGuard<'_> {
    fn drop(&mut self) {
        self.0.has_failed.store(thread::panicking(), Ordering::Relaxed);
        if self.0.stop.is_set() {
            self.0.ended.set();
        }
    }
}

/// Returns the delay of the next run if a run for `claim` fails, in milliseconds.
fn retry_delay(claim: &Claim) -> i64 {
    backoff_millis(claim.attempts(), MIN_RETRY_DELAY_MILLIS, MAX_RETRY_DELAY_MILLIS)
}

/// Returns the articles that a claim names. A job for a change of other files names none.
fn articles(claim: &Claim) -> BTreeSet<ArticlePath> {
    let paths = claim.jobs.iter().map(|job| job.subject.clone()).filter(|path| !path.is_empty());
    paths.map(ArticlePath::from_stored).collect()
}
