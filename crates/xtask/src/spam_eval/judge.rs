//! The program's own rules, asked as `serve` asks them.

use std::collections::BTreeMap;
use std::sync::Arc;

use ardoise_model::{Bayes, Draft, Facts, Hold, Origin, Policy, Sample, ScreeningState, Status, Submission, Timestamp, Verdict, admit};

use super::Labelled;
use super::cuts::Cut;

/// One comment, and what the rules say of it.
pub(crate) struct Judged {
    pub(crate) is_spam: bool,
    pub(crate) status: Status,
    pub(crate) layer: Option<&'static str>,
}

/// Judges what is tested in each cut by what was learnt there.
///
/// As after some months, as for what was learnt. Nothing is known of how these comments were sent, so the checks
/// that look at that take no part: as if every robot drove a browser, took its time and did its work.
pub(crate) fn all(cuts: &[Cut<'_>], hold: Hold) -> Vec<Judged> {
    cuts.iter().flat_map(|cut| one(cut, hold)).collect()
}

fn one(cut: &Cut<'_>, hold: Hold) -> Vec<Judged> {
    let known = ScreeningState { bayes: learn(&cut.learnt).map(Arc::new), ..ScreeningState::default() };
    let policy = Policy { hold, ..Policy::default() };
    let mut seen: BTreeMap<String, Status> = BTreeMap::new();
    // The last weeks' comments were decided on.
    for one in &cut.learnt {
        note(&mut seen, submission(one).fingerprint(), if one.is_spam { Status::Spam } else { Status::Approved });
    }
    let judge = |one: &&Labelled| {
        let submission = submission(one);
        let print = submission.fingerprint();
        let same_before = if print.is_empty() { None } else { seen.get(print).copied() };
        let facts = Facts { same_before, ..Facts::default() };
        let verdict = admit(&submission, &facts, &policy, &known, Timestamp(0));
        let Verdict { status, layer } = verdict.unwrap_or_else(|refusals| panic!("a real comment is refused: {refusals:?}"));
        note(&mut seen, print, status);
        Judged { is_spam: one.is_spam, status, layer }
    };
    cut.tested.iter().map(judge).collect()
}

fn note(seen: &mut BTreeMap<String, Status>, print: &str, status: Status) {
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

/// Shorter than a real one may be, where it has to be.
fn submission(one: &Labelled) -> Submission {
    let origin: Origin = "https://blog.example.org".parse().expect("an origin");
    let text: String = one.text.chars().filter(|c| !c.is_control() || *c == '\n').take(9_000).collect();
    let draft = Draft { article: "/a/".into(), author: "A".into(), text, ..Draft::default() };
    Submission::check(&draft, &origin).unwrap_or_else(|refusals| panic!("{:?} is no comment: {refusals:?}", one.text))
}
