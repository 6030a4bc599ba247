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
pub(crate) enum Suspicion {
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
pub(crate) struct Content<'a> {
    pub(crate) submission: &'a Submission,
    pub(crate) policy: &'a Policy,
    pub(crate) known: &'a ScreeningState,
}

/// The input of checks that also need the store's facts.
pub(crate) struct Case<'a> {
    pub(crate) submission: &'a Submission,
    pub(crate) facts: &'a Facts,
    pub(crate) policy: &'a Policy,
    pub(crate) known: &'a ScreeningState,
    pub(crate) now: Timestamp,
}

struct Layer {
    /// The name shown in the log and in the queue.
    name: &'static str,
    check: Check,
}

/// The function of a check, by its input. Checks of the content run before the transaction, because other writers wait for it.
enum Check {
    Content(fn(&Content<'_>) -> Option<Suspicion>),
    Facts(fn(&Case<'_>) -> Option<Suspicion>),
}

/// All checks, the most reliable first. If several object equally, the first one is named.
const LAYERS: [Layer; 11] = [
    Layer { name: "honeypot", check: Check::Content(honeypot::check) },
    Layer { name: "ban", check: Check::Facts(ban::check) },
    Layer { name: "word", check: Check::Content(word::check) },
    Layer { name: "name", check: Check::Content(name::check) },
    Layer { name: "duplicate", check: Check::Facts(duplicate::check) },
    Layer { name: "links", check: Check::Content(links::check) },
    Layer { name: bayes::NAME, check: Check::Content(bayes::check) },
    Layer { name: "time", check: Check::Content(time::check) },
    Layer { name: "proof", check: Check::Facts(proof::check) },
    Layer { name: "age", check: Check::Facts(age::check) },
    Layer { name: "new_author", check: Check::Facts(new_author::check) },
];

/// The results of the checks of the content, by the check's index in [`CHECKS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answers([Option<Suspicion>; LAYERS.len()]);

impl Answers {
    pub(crate) fn of(content: &Content<'_>) -> Self {
        Self(LAYERS.each_ref().map(|layer| match layer.check {
            Check::Content(check) => check(content),
            Check::Facts(_) => None,
        }))
    }
}

/// Returns the names of all checks, in their order.
pub fn layers() -> impl Iterator<Item = &'static str> {
    LAYERS.iter().map(|layer| layer.name)
}

/// Returns the strongest objection to a submission, and the name of its check.
pub(crate) fn strongest(answers: &Answers, case: &Case<'_>) -> Option<(Suspicion, &'static str)> {
    let found = LAYERS.iter().zip(answers.0).filter_map(|(layer, answer)| {
        let suspicion = match layer.check {
            Check::Content(_) => answer,
            Check::Facts(check) => check(case),
        };
        suspicion.map(|suspicion| (suspicion, layer.name))
    });
    found.reduce(|one, other| if other.0 > one.0 { other } else { one })
}

#[cfg(test)]
#[path = "screening_tests.rs"]
mod tests;
