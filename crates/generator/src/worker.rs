use std::time::{Duration, Instant};

use ardoise_store::{Lead, Listener, StoreError};

use crate::tree::Turn;
use crate::{Generator, GeneratorError, OnChange, RunReport, Scope, StopSignal};

/// How often the store is polled for changes where it cannot notify of them.
const POLL: Duration = Duration::from_secs(1);
/// The delay before the next attempt while another generator is at work on the tree.
const TURN: Duration = Duration::from_millis(50);
/// The delay after an error: long enough not to fill the log, and short enough not to be noticed once the cause is gone.
const RETRY: Duration = Duration::from_secs(2);
/// The delay after a run that could not write a file, as a multiple of the run's duration, so that an article that cannot be written does
/// not occupy a core. Does not apply to database errors, which end as soon as the database answers.
const RETRY_FACTOR: u32 = 10;

/// The number of runs at the end of the program. What they leave undone waits for the next start, so a momentary error should be retried.
const LAST_TRIES: u32 = 3;
/// The maximum number of articles named in the log after one run.
const NAMED: usize = 10;

/// Generates continuously while `serve` runs.
pub struct Worker {
    generator: Generator,
    on_change: Option<OnChange>,
    /// How long the command may take after the worker has stopped.
    farewell: Duration,
}

/// The state of the worker's loop.
#[derive(Default)]
struct Hand {
    /// `None` if another process leads. This process then waits for it to end.
    lead: Option<Lead>,
    /// Whether it was logged that another process leads.
    waits: bool,
    /// The scope of the next run. A new leader begins with a full run, because the tree may have changed before.
    scope: Scope,
    /// Whether the last run yielded to another generator. The next run does not yield, because a waiting process may be suspended.
    has_yielded: bool,
    /// Whether the rows of work referred to another tree in the last run.
    was_other_tree: bool,
    /// The last error.
    said: String,
}

/// When to run again.
enum Next {
    /// When the store notifies of a change, or after this time.
    OnChange(Duration),
    /// After this time, regardless of changes.
    After(Duration),
}

impl Worker {
    /// Creates a worker that runs `on_change` after changes to the tree. When the worker stops, the command is killed after
    /// `command_grace`.
    pub fn new(generator: Generator, on_change: Option<OnChange>, farewell: Duration) -> Self {
        Self { generator, on_change, farewell }
    }

    /// Works until `stop` is set, and then does the remaining work, within the deadline that `stop` sets.
    ///
    /// Begins with a full run, which corrects the tree whatever happened to it before.
    pub fn run(&self, stop: &StopSignal) {
        let generator = self.generator.until(stop);
        let _listening = listen(&generator, stop);
        let mut last_tries = LAST_TRIES;
        let mut hand = Hand { scope: Scope::Full, ..Hand::default() };
        loop {
            let last = stop.is_set();
            let begun = Instant::now();
            // The last runs write the counts regardless of the throttle, because no later run would.
            let done =
                if last { self.run_once(&generator.unpaced(), &mut hand, true) } else { self.run_once(&generator, &mut hand, false) };
            if let Err(error) = &done {
                warn_once(&mut hand.said, error);
            }
            if last {
                last_tries -= 1;
                if done.is_ok() || last_tries == 0 || stop.is_overdue() {
                    break;
                }
                std::thread::sleep(RETRY);
            } else {
                match done.unwrap_or_else(|error| Next::OnChange(back_off(&error, begun.elapsed()))) {
                    Next::OnChange(time) => stop.wait_for_wake(time),
                    Next::After(time) => drop(stop.wait(time)),
                }
            }
        }
        // Release the lease, so that another process can lead at once.
        drop(hand);
        if let Some(on_change) = &self.on_change {
            on_change.finish(self.farewell);
        }
    }

    /// Does the work that exists. Returns when to run again.
    fn run_once(&self, generator: &Generator, hand: &mut Hand, last: bool) -> Result<Next, GeneratorError> {
        take_lead(generator, hand)?;
        let Some(lead) = &mut hand.lead else { return Ok(Next::OnChange(POLL)) };
        if hand.scope == Scope::Changes && !generator.has_work()? {
            return Ok(Next::OnChange(POLL));
        }
        let begun = Instant::now();
        let turn = if last || hand.has_yielded { Turn::Insist } else { Turn::Yield };
        let run = generator.run_leading(hand.scope, lead, turn);
        // Waiting for the other generator would delay a stop. That generator does the same work, or leaves the rows of work.
        hand.has_yielded = matches!(run, Err(GeneratorError::Busy(_)));
        if hand.has_yielded {
            return Ok(Next::After(TURN));
        }
        if matches!(run, Err(GeneratorError::Store(StoreError::LeaseLost))) {
            hand.lead = None;
        }
        let outcome = run?;
        self.report(hand.scope, &outcome);
        if !outcome.interrupted {
            hand.scope = Scope::Changes;
        }
        hand.said.clear();
        Ok(after_other_tree(hand, &outcome, begun.elapsed()).map_or(Next::OnChange(POLL), Next::After))
    }

    fn report(&self, scope: Scope, outcome: &RunReport) {
        if scope == Scope::Full && !outcome.interrupted {
            tracing::info!(files = outcome.files, "published tree compared with the database; files that differed were brought up to date");
        }
        for path in outcome.articles.iter().take(NAMED) {
            tracing::info!(article = %path, "published");
        }
        if outcome.articles.len() > NAMED {
            tracing::info!(articles = outcome.articles.len() - NAMED, "published more");
        }
        if let (Some(on_change), true) = (&self.on_change, outcome.files > 0) {
            on_change.add(&outcome.articles);
        }
    }
}

/// Subscribes to the store's notifications. Without them, changes are found by polling.
fn listen(generator: &Generator, stop: &StopSignal) -> Option<Listener> {
    let stop = stop.clone();
    generator
        .store()
        .listen(move || stop.wake())
        .inspect_err(|error| tracing::warn!("{error}; it is asked for changes every {} s instead", POLL.as_secs()))
        .ok()
}

/// Takes the lease if it is free.
fn take_lead(generator: &Generator, hand: &mut Hand) -> Result<(), GeneratorError> {
    if hand.lead.is_none() {
        hand.lead = generator.store().lead()?;
        hand.scope = Scope::Full;
        if hand.lead.is_none() && !hand.waits {
            tracing::info!("another process generates; this one takes comments in, and takes its place when it ends");
        } else if hand.lead.is_some() && hand.waits {
            tracing::info!("the process that generated has ended; from now on this one does");
        }
        hand.waits = hand.lead.is_none();
    }
    Ok(())
}

/// Handles a run whose rows of work referred to another tree. The first time, logs a warning. Repeated, it means that two processes publish
/// to two folders and take the rows of work from each other: then returns a delay, because both would compare all files without pause
/// otherwise.
fn after_other_tree(hand: &mut Hand, outcome: &RunReport, took: Duration) -> Option<Duration> {
    let again = std::mem::replace(&mut hand.was_other_tree, outcome.is_other_tree);
    if outcome.is_other_tree && !again {
        tracing::warn!(
            "the published tree is not the folder that was last written from this database, so every file was compared. It was moved, \
             restored or made anew; or another process publishes this database to another folder: then give both the same [publish] to"
        );
    }
    (outcome.is_other_tree && again).then(|| RETRY.max(took * RETRY_FACTOR))
}

/// Returns the delay after a run that failed.
fn back_off(error: &GeneratorError, took: Duration) -> Duration {
    if matches!(error, GeneratorError::Store(_)) { RETRY } else { RETRY.max(took * RETRY_FACTOR) }
}

/// The same trouble every two seconds is one line, not a thousand.
fn warn_once(said: &mut String, error: &GeneratorError) {
    let message = error.to_string();
    if *said != message {
        tracing::error!("the published tree could not be brought up to date, trying again until it can: {message}");
        *said = message;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_with_the_database_delays_work_no_longer_than_it_lasts() {
        let locked = GeneratorError::Store(StoreError::Unavailable("database is locked".into()));
        assert_eq!(back_off(&locked, Duration::from_secs(4)), RETRY);
        let unwritable = GeneratorError::Io(std::io::Error::other("no"));
        assert_eq!(back_off(&unwritable, Duration::from_secs(4)), Duration::from_secs(40));
    }
}
