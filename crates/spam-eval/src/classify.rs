//! Applies the program's rules as `serve` does.

use std::collections::BTreeMap;
use std::sync::Arc;

use ardoise_model::{
    Bayes, Draft, Facts, HoldPolicy, Origin, Policy, Sample, ScreeningState, Status, Submission, Timestamp, Verdict, admit,
};

use crate::labelled::Labelled;
use crate::splits::Split;

/// A comment and its classification.
pub(crate) struct Classified {
    pub(crate) is_spam: bool,
    pub(crate) status: Status,
    pub(crate) layer: Option<&'static str>,
}

/// Classifies the test set of each split with what was learned from its training set.
///
/// The training set stands for some months of moderation. Nothing is known about how these comments were sent, so the checks of that pass:
/// as if every spammer drove a browser, took the time and did the proof of work.
pub(crate) fn all(splits: &[Split<'_>], hold: HoldPolicy) -> Vec<Classified> {
    splits.iter().flat_map(|split| classify_split(split, hold)).collect()
}

fn classify_split(split: &Split<'_>, hold: HoldPolicy) -> Vec<Classified> {
    let known = ScreeningState { bayes: learn(&split.train).map(Arc::new), ..ScreeningState::default() };
    let policy = Policy { hold, ..Policy::default() };
    let mut seen: BTreeMap<String, Status> = BTreeMap::new();
    // Decisions on recent comments.
    for one in &split.train {
        record(&mut seen, submission(one).fingerprint(), if one.is_spam { Status::Spam } else { Status::Approved });
    }
    let classify = |one: &&Labelled| {
        let submission = submission(one);
        let print = submission.fingerprint();
        let same_before = if print.is_empty() { None } else { seen.get(print).copied() };
        let facts = Facts { same_before, ..Facts::default() };
        let verdict = admit(&submission, &facts, &policy, &known, Timestamp(0));
        let Verdict { status, layer } = verdict.unwrap_or_else(|refusals| panic!("a real comment is refused: {refusals:?}"));
        record(&mut seen, print, status);
        Classified { is_spam: one.is_spam, status, layer }
    };
    split.test.iter().map(classify).collect()
}

fn record(seen: &mut BTreeMap<String, Status>, print: &str, status: Status) {
    let kept = seen.entry(print.to_owned()).or_insert(status);
    if status == Status::Spam {
        *kept = status;
    }
}

pub(crate) fn learn(training_samples: &[&Labelled]) -> Option<Bayes> {
    Bayes::learn(training_samples.iter().map(|one| (sample(one), one.is_spam)))
}

pub(crate) fn sample(one: &Labelled) -> Sample<'_> {
    Sample { author: "", site: None, text: &one.text }
}

/// Shortens the text where the rules require it.
fn submission(one: &Labelled) -> Submission {
    let origin: Origin = "https://blog.example.org".parse().expect("an origin");
    let text: String = one.text.chars().filter(|c| !c.is_control() || *c == '\n').take(9_000).collect();
    let draft = Draft { article: "/a/".into(), author: "A".into(), text, ..Draft::default() };
    Submission::check(&draft, &origin).unwrap_or_else(|refusals| panic!("{:?} is no comment: {refusals:?}", one.text))
}
