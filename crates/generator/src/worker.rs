use std::time::Duration;

use crate::{Generator, GeneratorError, OnChange, Outcome, Scope, Stop};

/// How often the store is asked for work. What another process decided is seen this way, so it bounds how long a reader waits.
const POLL: Duration = Duration::from_millis(200);
/// After an error: long enough not to fill the log, short enough that nobody notices once the cause is gone.
const RETRY: Duration = Duration::from_secs(2);

/// Generates while `serve` runs.
pub struct Worker {
    generator: Generator,
    on_change: Option<OnChange>,
}

impl Worker {
    /// A worker that runs `on_change` after the tree has changed.
    pub fn new(generator: Generator, on_change: Option<OnChange>) -> Self {
        Self { generator, on_change }
    }

    /// Works until `stop` is set, and catches up before it returns.
    ///
    /// It begins with a full run: whatever happened to the tree while nobody looked, it is right afterwards.
    pub fn run(&self, stop: &Stop) {
        let mut scope = Scope::Full;
        let mut said = String::new();
        loop {
            let last = stop.is_set();
            let pause = match self.run_once(scope) {
                // Another generator is at work. It does ours too, or leaves the rows; waiting for it would keep us from stopping.
                Ok(None) => POLL,
                Ok(Some(outcome)) => {
                    self.report(scope, &outcome);
                    scope = Scope::Changes;
                    said.clear();
                    POLL
                }
                Err(error) => {
                    warn_once(&mut said, &error);
                    RETRY
                }
            };
            if last {
                break;
            }
            stop.wait(pause);
        }
        if let Some(on_change) = &self.on_change {
            on_change.finish();
        }
    }

    fn run_once(&self, scope: Scope) -> Result<Option<Outcome>, GeneratorError> {
        if scope == Scope::Changes && !self.generator.has_work()? {
            return Ok(Some(Outcome::default()));
        }
        if self.generator.is_busy() { Ok(None) } else { self.generator.run(scope, &|_, _| {}).map(Some) }
    }

    fn report(&self, scope: Scope, outcome: &Outcome) {
        if scope == Scope::Full {
            tracing::info!(
                files = outcome.differences.len(),
                "published tree compared with the database; files that differed were brought up to date"
            );
        }
        for path in &outcome.articles {
            tracing::info!(article = %path, "published");
        }
        if let (Some(on_change), false) = (&self.on_change, outcome.differences.is_empty()) {
            on_change.add(&outcome.articles);
        }
    }
}

/// The same trouble every two seconds is one line, not a thousand.
fn warn_once(said: &mut String, error: &GeneratorError) {
    let message = error.to_string();
    if *said != message {
        tracing::error!("the published tree could not be brought up to date, trying again until it can: {message}");
        *said = message;
    }
}
