use std::sync::Arc;
use std::time::{Duration, Instant};

use ardoise_model::LogOnce;
use ardoise_store::{Lead, Listener, StoreError};

use crate::tree::LockMode;
use crate::{Generator, GeneratorError, OnChange, RunReport, Scope, StopSignal};

/// How often the store is polled for changes where it cannot notify of them.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// The delay before the next attempt while another generator is at work on the tree.
const BUSY_DELAY: Duration = Duration::from_millis(50);
/// The delay after an error: long enough not to fill the log, and short enough not to be noticed once the cause is gone.
const RETRY_DELAY: Duration = Duration::from_secs(2);
/// The delay after a run that could not write a file, as a multiple of the run's duration, so that an article that cannot be written does
/// not occupy a core. Does not apply to database errors, which end as soon as the database answers.
const BACK_OFF_FACTOR: u32 = 10;

/// The number of runs at the end of the program. What they leave undone waits for the next start, so a momentary error should be retried.
const MAX_FINAL_RUNS: u32 = 3;
/// The maximum number of articles named in the log after one run.
const MAX_LOGGED_ARTICLES: usize = 10;

/// Generates continuously while `serve` runs.
pub struct Worker {
    generator: Generator,
    /// Runs only while this process leads.
    on_change: Option<Arc<OnChange>>,
    /// How long the command may take after the worker has stopped.
    command_grace: Duration,
}

/// The state of the worker's loop.
#[derive(Default)]
struct WorkerState {
    /// `None` if another process leads. This process then waits for it to end.
    lead: Option<Lead>,
    /// Whether it was logged that another process leads.
    is_waiting: bool,
    /// The scope of the next run. A new leader begins with a full run, because the tree may have changed before.
    scope: Scope,
    /// Whether the last run yielded to another generator. The next run does not yield, because a waiting process may be suspended.
    has_yielded: bool,
    /// Whether the rows of work referred to another tree in the last run.
    was_other_tree: bool,
    /// The last error.
    logged: LogOnce,
}

/// When to run again.
enum NextRun {
    /// When the store notifies of a change, or after this time.
    OnChange(Duration),
    /// After this time, regardless of changes.
    After(Duration),
}

impl Worker {
    /// Creates a worker. `on_change` runs the owner's command on a thread of its own; the worker tells it when the tree is up to date, and
    /// whether this process leads. When the worker stops, the command is killed after `command_grace`.
    pub fn new(generator: Generator, on_change: Option<Arc<OnChange>>, command_grace: Duration) -> Self {
        Self { generator, on_change, command_grace }
    }

    /// Works until `stop` is set, and then does the remaining work, within the deadline that `stop` sets.
    ///
    /// Begins with a full run, which corrects the tree whatever happened to it before.
    pub fn run(&self, stop: &StopSignal) {
        let generator = self.generator.until(stop);
        let _listening = listen(&generator, stop);
        let mut final_runs = MAX_FINAL_RUNS;
        let mut state = WorkerState { scope: Scope::Full, ..WorkerState::default() };
        loop {
            let last = stop.is_set();
            let begun = Instant::now();
            // The last runs write the counts regardless of the throttle, because no later run would.
            let result =
                if last { self.run_once(&generator.unthrottled(), &mut state, true) } else { self.run_once(&generator, &mut state, false) };
            if let Err(error) = &result {
                log_error(&mut state.logged, error);
            }
            if last {
                final_runs -= 1;
                if result.is_ok() || final_runs == 0 || stop.is_overdue() {
                    break;
                }
                std::thread::sleep(RETRY_DELAY);
            } else {
                match result.unwrap_or_else(|error| NextRun::OnChange(back_off(&error, begun.elapsed()))) {
                    NextRun::OnChange(time) => stop.wait_for_wake(time),
                    NextRun::After(time) => drop(stop.wait(time)),
                }
            }
        }
        // The lead is kept for as long as the command may run: it is about this tree. Then another process can lead at once.
        if let Some(on_change) = &self.on_change {
            on_change.finish(self.command_grace);
        }
        drop(state);
    }

    /// Does the work that exists. Returns when to run again.
    fn run_once(&self, generator: &Generator, state: &mut WorkerState, last: bool) -> Result<NextRun, GeneratorError> {
        take_lead(generator, state)?;
        let Some(lead) = &mut state.lead else { return Ok(NextRun::OnChange(POLL_INTERVAL)) };
        if state.scope == Scope::Changes && !generator.has_work()? {
            return Ok(NextRun::OnChange(POLL_INTERVAL));
        }
        let begun = Instant::now();
        let lock_mode = if last || state.has_yielded { LockMode::Overtake } else { LockMode::Yield };
        let run = generator.run_leading(state.scope, lead, lock_mode);
        // Waiting for the other generator would delay a stop. That generator does the same work, or leaves the rows of work.
        state.has_yielded = matches!(run, Err(GeneratorError::Busy(_)));
        if state.has_yielded {
            return Ok(NextRun::After(BUSY_DELAY));
        }
        if matches!(run, Err(GeneratorError::Store(StoreError::LeaseLost))) {
            state.lead = None;
            self.allow_command(false);
        }
        let outcome = run?;
        report(state.scope, &outcome);
        if !outcome.interrupted {
            state.scope = Scope::Changes;
            // Not before the first full run: the tree of a new leader may be old.
            self.allow_command(true);
        }
        state.logged.clear();
        Ok(after_other_tree(state, &outcome, begun.elapsed()).map_or(NextRun::OnChange(POLL_INTERVAL), NextRun::After))
    }

    fn allow_command(&self, is_allowed: bool) {
        if let Some(on_change) = &self.on_change {
            on_change.set_allowed(is_allowed);
        }
    }
}

fn report(scope: Scope, outcome: &RunReport) {
    if scope == Scope::Full && !outcome.interrupted {
        tracing::info!(files = outcome.files, "published tree compared with the database; files that differed were brought up to date");
    }
    for path in outcome.articles.iter().take(MAX_LOGGED_ARTICLES) {
        tracing::info!(article = %path, "published");
    }
    if outcome.articles.len() > MAX_LOGGED_ARTICLES {
        tracing::info!(articles = outcome.articles.len() - MAX_LOGGED_ARTICLES, "published more");
    }
}

/// Subscribes to the store's notifications. Without them, changes are found by polling.
fn listen(generator: &Generator, stop: &StopSignal) -> Option<Listener> {
    let stop = stop.clone();
    generator
        .store()
        .listen(move || stop.wake())
        .inspect_err(|error| tracing::warn!("{error}; it is asked for changes every {} s instead", POLL_INTERVAL.as_secs()))
        .ok()
}

/// Takes the lease if it is free.
fn take_lead(generator: &Generator, state: &mut WorkerState) -> Result<(), GeneratorError> {
    if state.lead.is_none() {
        state.lead = generator.store().lead()?;
        state.scope = Scope::Full;
        if state.lead.is_none() && !state.is_waiting {
            tracing::info!("another process generates; this one takes comments in, and takes its place when it ends");
        } else if state.lead.is_some() && state.is_waiting {
            tracing::info!("the process that generated has ended; from now on this one does");
        }
        state.is_waiting = state.lead.is_none();
    }
    Ok(())
}

/// Handles a run whose rows of work referred to another tree. The first time, logs a warning. Repeated, it means that two processes publish
/// to two folders and take the rows of work from each other: then returns a delay, because both would compare all files without pause
/// otherwise.
fn after_other_tree(state: &mut WorkerState, outcome: &RunReport, took: Duration) -> Option<Duration> {
    let again = std::mem::replace(&mut state.was_other_tree, outcome.is_other_tree);
    if outcome.is_other_tree && !again {
        tracing::warn!(
            "the published tree is not the folder that was last written from this database, so every file was compared. It was moved, \
             restored or made anew; or another process publishes this database to another folder: then give both the same [publish] to"
        );
    }
    (outcome.is_other_tree && again).then(|| RETRY_DELAY.max(took * BACK_OFF_FACTOR))
}

/// Returns the delay after a run that failed.
fn back_off(error: &GeneratorError, took: Duration) -> Duration {
    if matches!(error, GeneratorError::Store(_)) { RETRY_DELAY } else { RETRY_DELAY.max(took * BACK_OFF_FACTOR) }
}

/// Logs an error, unless the last run failed with the same one: a repeated error is one line in the log.
fn log_error(logged: &mut LogOnce, error: &GeneratorError) {
    let message = error.to_string();
    if logged.is_new(&message) {
        tracing::error!("the published tree could not be brought up to date, trying again until it can: {message}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_back_off_after_a_database_error_is_short() {
        let locked = GeneratorError::Store(StoreError::Unavailable("database is locked".into()));
        assert_eq!(back_off(&locked, Duration::from_secs(4)), RETRY_DELAY);
        let unwritable = GeneratorError::Io(std::io::Error::other("no"));
        assert_eq!(back_off(&unwritable, Duration::from_secs(4)), Duration::from_secs(40));
    }
}
