use std::time::{Duration, Instant};

use ardoise_store::{Lead, Listener, StoreError};

use crate::tree::Turn;
use crate::{Generator, GeneratorError, OnChange, RunReport, Scope, StopSignal};

/// The store tells of changes when they come; where it cannot, it is asked this often.
const POLL: Duration = Duration::from_secs(1);
/// When another generator is at work on the tree: how soon it is looked whether it has ended.
const TURN: Duration = Duration::from_millis(50);
/// After an error: long enough not to fill the log, short enough that nobody notices once the cause is gone.
const RETRY: Duration = Duration::from_secs(2);
/// After a run that took long and could not write a file: so many times as long, lest one article that cannot be written takes a whole
/// core. Not after trouble with the database, which is over as soon as it answers.
const RETRY_FACTOR: u32 = 10;

/// When the program ends: what is not done then is done at the next start, but a moment's trouble should not put it off for so long.
const LAST_TRIES: u32 = 3;
/// As many articles are named in the log after one run.
const NAMED: usize = 10;

/// Generates while `serve` runs.
pub struct Worker {
    generator: Generator,
    on_change: Option<OnChange>,
    /// How long the command may take once the worker has stopped.
    farewell: Duration,
}

/// What the worker has in hand.
#[derive(Default)]
struct Hand {
    /// None: another process leads, and this one waits for it to end.
    lead: Option<Lead>,
    /// Whether it was seen that another one leads.
    waits: bool,
    /// What the next run looks at. Who comes to lead does not know what happened to the tree before.
    scope: Scope,
    /// The last run yielded to another generator. The next one does not: a process that waits may be suspended.
    has_yielded: bool,
    /// The last run met another tree than the one before it.
    was_other_tree: bool,
    /// The last trouble that was logged.
    said: String,
}

/// When to look again.
enum Next {
    /// When the store tells of a change, or after this time.
    OnChange(Duration),
    /// After this time, whatever changes.
    After(Duration),
}

impl Worker {
    /// A worker that runs `on_change` after the tree has changed. At the end, the command is killed if it takes longer than `farewell`.
    pub fn new(generator: Generator, on_change: Option<OnChange>, farewell: Duration) -> Self {
        Self { generator, on_change, farewell }
    }

    /// Works until `stop` is set, and catches up before it returns, as far as the time goes that `stop` gives.
    ///
    /// It begins with a full run: whatever happened to the tree while nobody looked, it is right afterwards.
    pub fn run(&self, stop: &StopSignal) {
        let generator = self.generator.until(stop);
        let _listening = listen(&generator, stop);
        let mut last_tries = LAST_TRIES;
        let mut hand = Hand { scope: Scope::Full, ..Hand::default() };
        loop {
            let last = stop.is_set();
            let begun = Instant::now();
            // The counts are not left behind for their pace when nobody writes them any more.
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
        // Another process may lead at once.
        drop(hand);
        if let Some(on_change) = &self.on_change {
            on_change.finish(self.farewell);
        }
    }

    /// Does what there is to do; says when to look again.
    fn run_once(&self, generator: &Generator, hand: &mut Hand, last: bool) -> Result<Next, GeneratorError> {
        take_lead(generator, hand)?;
        let Some(lead) = &mut hand.lead else { return Ok(Next::OnChange(POLL)) };
        if hand.scope == Scope::Changes && !generator.has_work()? {
            return Ok(Next::OnChange(POLL));
        }
        let begun = Instant::now();
        let turn = if last || hand.has_yielded { Turn::Insist } else { Turn::Yield };
        let run = generator.run_leading(hand.scope, lead, turn);
        // Waiting for another one would keep us from stopping; it does our work too, or leaves the rows.
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

/// Where nobody tells of changes, the poll finds them.
fn listen(generator: &Generator, stop: &StopSignal) -> Option<Listener> {
    let stop = stop.clone();
    generator
        .store()
        .listen(move || stop.wake())
        .inspect_err(|error| tracing::warn!("{error}; it is asked for changes every {} s instead", POLL.as_secs()))
        .ok()
}

/// Takes the lead if nobody has it.
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

/// Once it is a warning. Again and again, two processes write to two folders, and each takes the rows of work from the other: then it
/// returns how long to wait, or both would compare everything without end.
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

/// How long to wait after a run that failed.
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
