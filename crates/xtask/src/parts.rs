//! The parts of a long task: one that fails hides none that come after it, and the end says what failed and what was left out.

use std::time::Instant;

use anyhow::bail;

/// What became of the parts so far.
#[derive(Default)]
pub(crate) struct Parts {
    failed: Vec<String>,
    left_out: Vec<String>,
}

impl Parts {
    /// Does one part, and says how it went. `None`: it failed; the others go on.
    pub(crate) fn part<T>(&mut self, name: &str, work: impl FnOnce() -> anyhow::Result<T>) -> Option<T> {
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

    /// Something of which nobody may think that it passed.
    pub(crate) fn left_out(&mut self, what: String) {
        println!("   LEFT OUT: {what}");
        self.left_out.push(what);
    }

    /// The last lines. An error where a part failed.
    pub(crate) fn end(self) -> anyhow::Result<()> {
        println!("\n{}", self.verdict());
        if self.failed.is_empty() { Ok(()) } else { bail!("{} failed", many(self.failed.len(), "part")) }
    }

    fn verdict(&self) -> String {
        let list =
            |items: &[String]| items.iter().map(|item| format!("\n- {}", item.trim().replace('\n', "\n  "))).collect::<Vec<_>>().concat();
        let passed = match (self.failed.as_slice(), self.left_out.is_empty()) {
            ([], true) => "All passed; nothing was left out.".to_owned(),
            ([], false) => "What was run passed; not all was run.".to_owned(),
            (failed, _) => format!("{} failed:{}\n", many(failed.len(), "part"), list(failed)),
        };
        match self.left_out.as_slice() {
            [] => passed,
            left_out => format!("{passed}\nLeft out:{}", list(left_out)),
        }
    }
}

fn many(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_fails_hides_none_and_is_named_at_the_end() {
        let mut parts = Parts::default();
        assert_eq!(parts.part("one", || Ok(1)), Some(1));
        assert_eq!(parts.part("two", || -> anyhow::Result<()> { bail!("no\nthing") }), None);
        assert_eq!(parts.part("three", || Ok(3)), Some(3));
        parts.left_out("a small disk".to_owned());
        assert_eq!(parts.verdict(), "1 part failed:\n- two: no\n  thing\n\nLeft out:\n- a small disk");
        assert_eq!(parts.end().expect_err("one failed").to_string(), "1 part failed");
    }

    #[test]
    fn the_last_line_says_what_was_left_out() {
        let mut parts = Parts::default();
        assert_eq!(parts.verdict(), "All passed; nothing was left out.");
        parts.left_out("a small disk".to_owned());
        assert_eq!(parts.verdict(), "What was run passed; not all was run.\nLeft out:\n- a small disk");
        parts.end().expect("nothing failed");
    }
}
