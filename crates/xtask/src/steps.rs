//! The steps of a long task: a failed step does not stop later ones, and the summary lists what failed and what was skipped.

use std::time::Instant;

use anyhow::bail;

/// The results of the steps so far.
#[derive(Default)]
pub(crate) struct Steps {
    failed: Vec<String>,
    skipped: Vec<String>,
}

impl Steps {
    /// Runs a step and prints its result. Returns `None` if it failed.
    pub(crate) fn run<T>(&mut self, name: &str, work: impl FnOnce() -> anyhow::Result<T>) -> Option<T> {
        println!("── {name}");
        let begun = Instant::now();
        match work() {
            Ok(done) => {
                println!("   {name} passed in {} s", begun.elapsed().as_secs());
                Some(done)
            }
            Err(error) => {
                println!("   {name} FAILED after {} s: {error:#}", begun.elapsed().as_secs());
                self.failed.push(format!("{name}: {error:#}"));
                None
            }
        }
    }

    /// Records something that was not run, so that it does not count as passed.
    pub(crate) fn skip(&mut self, what: String) {
        println!("   SKIPPED: {what}");
        self.skipped.push(what);
    }

    /// Prints the summary. Fails if a step failed.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        println!("\n{}", self.summary());
        if self.failed.is_empty() { Ok(()) } else { bail!("{} failed", counted(self.failed.len(), "step")) }
    }

    fn summary(&self) -> String {
        let list =
            |items: &[String]| items.iter().map(|item| format!("\n- {}", item.trim().replace('\n', "\n  "))).collect::<Vec<_>>().concat();
        let passed = match (self.failed.as_slice(), self.skipped.is_empty()) {
            ([], true) => "All passed; nothing was skipped.".to_owned(),
            ([], false) => "What was run passed; some steps were skipped.".to_owned(),
            (failed, _) => format!("{} failed:{}\n", counted(failed.len(), "step"), list(failed)),
        };
        match self.skipped.as_slice() {
            [] => passed,
            skipped => format!("{passed}\nSkipped:{}", list(skipped)),
        }
    }
}

fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_stops_no_other_and_is_in_the_summary() {
        let mut steps = Steps::default();
        assert_eq!(steps.run("one", || Ok(1)), Some(1));
        assert_eq!(steps.run("two", || -> anyhow::Result<()> { bail!("no\nthing") }), None);
        assert_eq!(steps.run("three", || Ok(3)), Some(3));
        steps.skip("a small disk".to_owned());
        assert_eq!(steps.summary(), "1 step failed:\n- two: no\n  thing\n\nSkipped:\n- a small disk");
        assert_eq!(steps.finish().expect_err("one failed").to_string(), "1 step failed");
    }

    #[test]
    fn the_summary_lists_skipped_steps() {
        let mut steps = Steps::default();
        assert_eq!(steps.summary(), "All passed; nothing was skipped.");
        steps.skip("a small disk".to_owned());
        assert_eq!(steps.summary(), "What was run passed; some steps were skipped.\nSkipped:\n- a small disk");
        steps.finish().expect("nothing failed");
    }
}
