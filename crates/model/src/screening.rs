//! Checks on submissions, each in its own file. They are listed here once, in order of precedence.

mod age;
mod ban;
pub(crate) mod bayes;
pub(crate) mod duplicate;
mod honeypot;
mod links;
pub(crate) mod name;
mod new_author;
mod proof;
mod time;
pub(crate) mod word;
pub(crate) mod words;

use std::sync::Arc;

use crate::{Bayes, Facts, Policy, Submission, Timestamp};

/// A check's objection to a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Objection {
    /// Hold the submission for a moderator.
    Hold,
    /// Treat the submission as spam.
    Spam,
}

/// The state of screening that this process keeps in memory.
#[derive(Debug, Clone, Default)]
pub struct ScreeningState {
    /// The trained classifier. `None` until there are enough decisions.
    pub bayes: Option<Arc<Bayes>>,
    /// The challenges that are valid now. Empty until the first one is published.
    pub challenges: Vec<String>,
}

/// The input of checks on the content, which run before the store is queried.
#[derive(Clone, Copy)]
pub(crate) struct ContentInput<'a> {
    pub(crate) submission: &'a Submission,
    pub(crate) policy: &'a Policy,
    pub(crate) known: &'a ScreeningState,
}

/// The input of checks that also need the store's facts.
pub(crate) struct CheckInput<'a> {
    pub(crate) submission: &'a Submission,
    pub(crate) facts: &'a Facts,
    pub(crate) policy: &'a Policy,
    pub(crate) known: &'a ScreeningState,
    pub(crate) now: Timestamp,
}

struct ScreeningCheck {
    /// The name shown in the log and in the queue.
    name: &'static str,
    check: CheckFn,
}

/// The function of a check, by its input. Checks of the content run before the transaction, because other writers wait for it.
enum CheckFn {
    Content(fn(&ContentInput<'_>) -> Option<Objection>),
    Facts(fn(&CheckInput<'_>) -> Option<Objection>),
}

/// All checks, the most reliable first. If several object equally, the first one is named.
const CHECKS: [ScreeningCheck; 11] = [
    ScreeningCheck { name: "honeypot", check: CheckFn::Content(honeypot::check) },
    ScreeningCheck { name: "ban", check: CheckFn::Facts(ban::check) },
    ScreeningCheck { name: "word", check: CheckFn::Content(word::check) },
    ScreeningCheck { name: "name", check: CheckFn::Content(name::check) },
    ScreeningCheck { name: "duplicate", check: CheckFn::Facts(duplicate::check) },
    ScreeningCheck { name: "links", check: CheckFn::Content(links::check) },
    ScreeningCheck { name: bayes::NAME, check: CheckFn::Content(bayes::check) },
    ScreeningCheck { name: "time", check: CheckFn::Content(time::check) },
    ScreeningCheck { name: "proof", check: CheckFn::Facts(proof::check) },
    ScreeningCheck { name: "age", check: CheckFn::Facts(age::check) },
    ScreeningCheck { name: "new_author", check: CheckFn::Facts(new_author::check) },
];

/// The results of the checks of the content, by the check's index in [`CHECKS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ContentResults([Option<Objection>; CHECKS.len()]);

impl ContentResults {
    pub(crate) fn of(input: &ContentInput<'_>) -> Self {
        Self(CHECKS.each_ref().map(|layer| match layer.check {
            CheckFn::Content(check) => check(input),
            CheckFn::Facts(_) => None,
        }))
    }
}

/// Returns the names of all checks, in their order.
pub fn check_names() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().map(|layer| layer.name)
}

/// Returns the strongest objection to a submission, and the name of its check.
pub(crate) fn strongest(content_results: &ContentResults, input: &CheckInput<'_>) -> Option<(Objection, &'static str)> {
    let found = CHECKS.iter().zip(content_results.0).filter_map(|(layer, content_result)| {
        let objection = match layer.check {
            CheckFn::Content(_) => content_result,
            CheckFn::Facts(check) => check(input),
        };
        objection.map(|objection| (objection, layer.name))
    });
    found.reduce(|one, other| if other.0 > one.0 { other } else { one })
}

#[cfg(test)]
#[path = "screening_tests.rs"]
mod tests;
