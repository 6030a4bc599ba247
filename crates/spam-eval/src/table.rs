//! Prints the results. docs/spam.md contains them too.

use ardoise_model::{Status, Thresholds, check_names};

use crate::classify::{Classified, learn, sample};
use crate::labelled::Labelled;
use crate::splits::folds;

pub(crate) fn head() {
    println!("| cut | check | spam called spam | spam held | ham called spam | ham held | precision | recall |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
}

/// Prints a row for each check that decided on a comment, and one for all checks. Precision and recall count spam and held comments.
pub(crate) fn rows(name: &str, classified: &[Classified]) {
    for layer in check_names() {
        let row = Row::of(classified, |one| one.layer == Some(layer));
        if row.decided() > 0 {
            row.print(name, layer);
        }
    }
    total(name, "all", classified);
}

/// Prints one row for all checks together.
pub(crate) fn total(name: &str, rules: &str, classified: &[Classified]) {
    Row::of(classified, |_| true).print(name, rules);
}

/// Numbers of comments.
struct Row {
    all_spam: usize,
    all_ham: usize,
    spam_spam: usize,
    spam_held: usize,
    ham_spam: usize,
    ham_held: usize,
}

impl Row {
    fn of(classified: &[Classified], by: impl Fn(&Classified) -> bool) -> Self {
        let count = |is_spam: bool, status: Status| {
            classified.iter().filter(|one| one.is_spam == is_spam && one.status == status && by(one)).count()
        };
        let all = |is_spam: bool| classified.iter().filter(|one| one.is_spam == is_spam).count();
        Self {
            all_spam: all(true),
            all_ham: all(false),
            spam_spam: count(true, Status::Spam),
            spam_held: count(true, Status::Pending),
            ham_spam: count(false, Status::Spam),
            ham_held: count(false, Status::Pending),
        }
    }

    fn decided(&self) -> usize {
        self.spam_spam + self.spam_held + self.ham_spam + self.ham_held
    }

    fn print(&self, split: &str, layer: &str) {
        let Self { all_spam, all_ham, spam_spam, spam_held, ham_spam, ham_held } = self;
        let caught = spam_spam + spam_held;
        println!(
            "| {split} | {layer} | {spam_spam} of {all_spam} | {spam_held} | {ham_spam} of {all_ham} | {ham_held} | {} | {} |",
            share(caught, self.decided()),
            share(caught, *all_spam)
        );
    }
}

/// Prints rates at several thresholds within the training set, for comparison with the defaults.
pub(crate) fn thresholds(train: &[&Labelled]) {
    let mut scores: Vec<(f64, bool)> = Vec::new();
    for split in folds(train) {
        if let Some(bayes) = learn(&split.train) {
            scores.extend(split.test.iter().map(|one| (bayes.score(sample(one)), one.is_spam)));
        }
    }
    let count = |is_spam: bool, at: f64| scores.iter().filter(|(score, spam)| *spam == is_spam && *score >= at).count();
    let all = |is_spam: bool| scores.iter().filter(|(_, spam)| *spam == is_spam).count();
    let defaults = Thresholds::default();
    println!("\nFour fifths of the comments, tested within themselves; the defaults are {} and {}:\n", defaults.hold_at, defaults.spam_at);
    println!("| score | ham above | spam above |\n| --- | --- | --- |");
    for at in [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995] {
        println!("| {at} | {} | {} |", share(count(false, at), all(false)), share(count(true, at), all(true)));
    }
}

fn share(some: usize, all: usize) -> String {
    if all == 0 {
        return "–".to_owned();
    }
    let tenths = (some * 2000 + all) / (all * 2);
    format!("{}.{} %", tenths / 10, tenths % 10)
}
