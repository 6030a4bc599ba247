//! What is held against a submission. Each check in a file of its own, listed here once, in the order in which they are named.

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

/// What a check says of a submission, unless it has nothing against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Suspicion {
    /// A moderator has to look at it.
    Hold,
    /// It is spam.
    Spam,
}

/// What this process has learnt, and what it knows that the store was not asked for.
#[derive(Debug, Clone, Default)]
pub struct ScreeningState {
    /// None: the moderators have not decided enough yet.
    pub bayes: Option<Arc<Bayes>>,
    /// The challenges on which work counts now; none: none was published yet.
    pub challenges: Vec<String>,
}

/// What a check may look at before the store is asked.
#[derive(Clone, Copy)]
pub(crate) struct Content<'a> {
    pub(crate) submission: &'a Submission,
    pub(crate) policy: &'a Policy,
    pub(crate) known: &'a ScreeningState,
}

/// All that a check may look at.
pub(crate) struct Case<'a> {
    pub(crate) submission: &'a Submission,
    pub(crate) facts: &'a Facts,
    pub(crate) policy: &'a Policy,
    pub(crate) known: &'a ScreeningState,
    pub(crate) now: Timestamp,
}

struct Layer {
    /// In log and queue.
    name: &'static str,
    check: Check,
}

/// A check, by what it looks at. Those of the content run before the transaction, in which others wait.
enum Check {
    Content(fn(&Content<'_>) -> Option<Suspicion>),
    Facts(fn(&Case<'_>) -> Option<Suspicion>),
}

/// Those that are surest first: of several that say the same, the first gives its name.
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

/// The answers of the checks that look at the content alone, by the check's place in [`LAYERS`].
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

/// Every check's name, in their order.
pub fn layers() -> impl Iterator<Item = &'static str> {
    LAYERS.iter().map(|layer| layer.name)
}

/// The strongest thing that is held against a submission, and which check says so.
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
