//! What the moderators' decisions teach: how alike a comment is to those they called spam, and to those they published.
//!
//! Naive Bayes gives each thing in a comment a weight: how much oftener it stands in spam. It takes all of them for independent, which
//! words that go together are not, and so is far too sure. So the weights are only where learning begins: some passes over the same
//! comments move them until the scores are true (that is logistic regression). The same comments give the same classifier.

pub(crate) mod features;

use features::{PLACES, places};

use crate::screening::{Content, Suspicion};

/// Its name in log and queue.
pub(crate) const NAME: &str = "bayes";
/// With fewer comments of either kind there is no telling.
pub const ENOUGH: usize = 20;
/// Passes over all comments, and how far a comment moves the weights of what is in it.
const PASSES: u32 = 8;
const STEP: f64 = 1.0;
/// How sure the first weights are.
const BEGINNING: f64 = 0.3;

/// What is looked at of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample<'a> {
    /// Its author's name.
    pub author: &'a str,
    /// His site.
    pub site: Option<&'a str>,
    /// What he wrote.
    pub text: &'a str,
}

/// A classifier that has learnt.
#[derive(Debug, Clone, PartialEq)]
pub struct Bayes {
    weights: Vec<f32>,
    bias: f64,
}

/// From where on a score means something, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// A moderator looks at it first.
    pub hold_at: f64,
    /// It is spam.
    pub spam_at: f64,
}

/// docs/spam.md says how these were found.
impl Default for Thresholds {
    fn default() -> Self {
        Self { hold_at: 0.15, spam_at: 0.99 }
    }
}

impl Bayes {
    /// Learns from comments and whether they are spam. None: too few of one kind. Takes longer the more there are: a second or so for ten thousand.
    pub fn learn<'a>(training_samples: impl IntoIterator<Item = (Sample<'a>, bool)>) -> Option<Self> {
        let training_samples: Vec<(Vec<usize>, bool)> =
            training_samples.into_iter().map(|(sample, is_spam)| (places(sample), is_spam)).collect();
        let spam = training_samples.iter().filter(|(_, is_spam)| *is_spam).count();
        if spam < ENOUGH || training_samples.len() - spam < ENOUGH {
            return None;
        }
        let mut learnt = Self { weights: beginning(&training_samples, spam), bias: 0.0 };
        let mut order: Vec<usize> = (0..training_samples.len()).collect();
        let mut dice = 0x2545_f491_4f6c_dd1d;
        for _ in 0..PASSES {
            shuffle(&mut order, &mut dice);
            for &at in &order {
                let (places, is_spam) = &training_samples[at];
                learnt.correct(places, *is_spam);
            }
        }
        Some(learnt)
    }

    /// How sure it is that a comment is spam, from 0 to 1. The same comment always has the same score.
    pub fn score(&self, sample: Sample<'_>) -> f64 {
        self.score_places(&places(sample))
    }

    fn score_places(&self, places: &[usize]) -> f64 {
        let sum: f64 = places.iter().map(|place| f64::from(self.weights[*place])).sum();
        1.0 / (1.0 + (-self.bias - sum * share(places)).clamp(-30.0, 30.0).exp())
    }

    #[expect(clippy::cast_possible_truncation, reason = "weights are small numbers, and there are many")]
    fn correct(&mut self, places: &[usize], is_spam: bool) {
        let wrong = self.score_places(places) - f64::from(u8::from(is_spam));
        self.bias -= STEP / 50.0 * wrong;
        let step = (STEP * wrong * share(places)) as f32;
        for place in places {
            self.weights[*place] -= step;
        }
    }
}

/// A long comment has more in it, and is not surer for that.
fn share(places: &[usize]) -> f64 {
    1.0 / f64::from(u32::try_from(places.len().max(1)).unwrap_or(u32::MAX)).sqrt()
}

/// How much oftener each thing stands in spam, as a logarithm.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "counts of comments, of which there are some thousands")]
fn beginning(training_samples: &[(Vec<usize>, bool)], spam: usize) -> Vec<f32> {
    let mut counts = vec![[0_u32; 2]; PLACES];
    for (places, is_spam) in training_samples {
        for place in places {
            counts[*place][usize::from(*is_spam)] += 1;
        }
    }
    let good = (training_samples.len() - spam) as f64;
    let weight = |[in_good, in_spam]: [u32; 2]| {
        if in_good + in_spam == 0 {
            return 0.0;
        }
        let often = |count: u32, all: f64| (f64::from(count) + 1.0) / (all + 2.0);
        (BEGINNING * (often(in_spam, spam as f64) / often(in_good, good)).ln()) as f32
    };
    counts.into_iter().map(weight).collect()
}

/// The same order each time: the dice are loaded.
fn shuffle(order: &mut [usize], dice: &mut u64) {
    for last in (1..order.len()).rev() {
        *dice ^= *dice << 13;
        *dice ^= *dice >> 7;
        *dice ^= *dice << 17;
        let other = usize::try_from(*dice % (last as u64 + 1)).unwrap_or_default();
        order.swap(last, other);
    }
}

/// Abstains until it has learnt enough.
pub(super) fn check(content: &Content<'_>) -> Option<Suspicion> {
    let (thresholds, bayes) = (content.policy.bayes?, content.known.bayes.as_ref()?);
    let submission = content.submission;
    let score = bayes.score(Sample { author: submission.author(), site: submission.site(), text: submission.text() });
    match score {
        _ if score >= thresholds.spam_at => Some(Suspicion::Spam),
        _ if score >= thresholds.hold_at => Some(Suspicion::Hold),
        _ => None,
    }
}

#[cfg(test)]
#[path = "bayes_tests.rs"]
pub(crate) mod tests;
