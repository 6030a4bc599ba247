//! Watches the threads of `serve`: one that panics, or ends though nobody asked it to, is logged by its name, begun again after a
//! back-off, and named by `/health` until it works.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ardoise_generator::StopSignal;

/// Before a part begins again for the first time; each pause is twice as long as the one before.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);
/// A part that has worked for so long since it failed counts as mended.
const MENDED: Duration = Duration::from_secs(10);

/// All clones are one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Supervisor(Arc<Mutex<BTreeMap<String, Part>>>);

#[derive(Debug, Default)]
struct Part {
    /// How often it has failed since it was last mended.
    failures: u32,
    /// Since when it works. None: it waits to begin again.
    since: Option<Instant>,
}

impl Part {
    fn is_down(&self) -> bool {
        self.failures > 0 && self.since.is_none_or(|since| since.elapsed() < MENDED)
    }
}

impl Supervisor {
    /// Keeps a part at work until `stop` is set. The part returns then.
    pub(crate) fn keep(&self, name: &str, stop: &StopSignal, part: impl Fn()) {
        loop {
            self.begun(name);
            let ended = catch_unwind(AssertUnwindSafe(&part));
            if ended.is_ok() && stop.is_set() {
                break;
            }
            let why = ended.err().map_or_else(|| "it ended, though nobody asked it to".to_owned(), |panic| said(&*panic));
            let pause = self.failed(name);
            tracing::error!("{name} has failed, and begins again in {} s: {why}", pause.as_secs());
            if stop.wait(pause) {
                break;
            }
        }
    }

    /// The parts that do not work just now, by name.
    pub(crate) fn down(&self) -> Vec<String> {
        self.parts().iter().filter(|(_, part)| part.is_down()).map(|(name, _)| name.clone()).collect()
    }

    fn begun(&self, name: &str) {
        self.parts().entry(name.to_owned()).or_default().since = Some(Instant::now());
    }

    /// Says how long to wait.
    fn failed(&self, name: &str) -> Duration {
        let mut parts = self.parts();
        let part = parts.entry(name.to_owned()).or_default();
        if !part.is_down() {
            part.failures = 0;
        }
        let pause = FIRST.saturating_mul(1 << part.failures.min(16)).min(LONGEST);
        *part = Part { failures: part.failures + 1, since: None };
        pause
    }

    fn parts(&self) -> MutexGuard<'_, BTreeMap<String, Part>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_part_that_panics_is_down_and_begins_again() {
        let (supervisor, stop) = (Supervisor::default(), StopSignal::default());
        let begun = Cell::new(0);
        let part = || {
            begun.set(begun.get() + 1);
            assert!(begun.get() > 1, "it panics on purpose");
            assert_eq!(supervisor.down(), ["mail"], "it has not worked for long");
            stop.set();
        };
        supervisor.keep("mail", &stop, part);
        assert_eq!(begun.get(), 2);
    }

    #[test]
    fn a_part_that_ends_by_itself_is_down_too() {
        let (supervisor, stop) = (Supervisor::default(), StopSignal::default());
        let begun = Cell::new(0);
        supervisor.keep("generator", &stop, || {
            begun.set(begun.get() + 1);
            if begun.get() == 2 {
                stop.set();
            }
        });
        assert_eq!(begun.get(), 2);
        assert_eq!(supervisor.down(), ["generator"]);
    }

    #[test]
    fn one_that_does_what_it_should_is_not_down() {
        let (supervisor, stop) = (Supervisor::default(), StopSignal::default());
        supervisor.keep("generator", &stop, || stop.set());
        assert_eq!(supervisor.down(), Vec::<String>::new());
    }

    #[test]
    fn pauses_grow_up_to_a_limit() {
        let supervisor = Supervisor::default();
        let pauses: Vec<_> = (0..9).map(|_| supervisor.failed("mail").as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
