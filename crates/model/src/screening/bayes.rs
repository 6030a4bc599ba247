//! A classifier trained with the moderators' decisions: it compares a comment with spam and with published comments.
//!
//! Naive Bayes gives each feature of a comment a weight: how much more frequent the feature is in spam. It assumes independent features,
//! which words are not, and so its scores are too extreme. The weights are therefore only the starting point of a logistic regression: some
//! passes over the same comments adjust them until the scores are calibrated. The same comments give the same classifier.

pub(crate) mod features;

use features::{TABLE_SIZE, feature_indices};

use crate::screening::{ContentInput, Objection};

/// The check's name in the log and in the queue.
pub(crate) const NAME: &str = "bayes";
/// The minimum number of comments of each kind.
pub const ENOUGH: usize = 20;
/// The number of passes over all comments, and the learning rate.
const PASSES: u32 = 8;
const LEARNING_RATE: f64 = 1.0;
/// The factor by which the initial weights are scaled.
const INITIAL_SCALE: f64 = 0.3;

/// The parts of a comment that are classified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample<'a> {
    /// The author's name.
    pub author: &'a str,
    /// The author's site.
    pub site: Option<&'a str>,
    /// The comment's text.
    pub text: &'a str,
}

/// A trained classifier.
#[derive(Debug, Clone, PartialEq)]
pub struct Bayes {
    weights: Vec<f32>,
    bias: f64,
}

/// The scores, from 0 to 1, from which comments are held or are spam.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// The score from which a comment is held.
    pub hold_at: f64,
    /// The score from which a comment is spam.
    pub spam_at: f64,
}

/// docs/spam.md describes how these values were found.
impl Default for Thresholds {
    fn default() -> Self {
        Self { hold_at: 0.15, spam_at: 0.99 }
    }
}

impl Bayes {
    /// Trains a classifier with comments and whether they are spam. Returns `None` if there are too few of one kind. Takes about a second
    /// for ten thousand comments.
    pub fn learn<'a>(training_samples: impl IntoIterator<Item = (Sample<'a>, bool)>) -> Option<Self> {
        let training_samples: Vec<(Vec<usize>, bool)> =
            training_samples.into_iter().map(|(sample, is_spam)| (feature_indices(sample), is_spam)).collect();
        let spam = training_samples.iter().filter(|(_, is_spam)| *is_spam).count();
        if spam < ENOUGH || training_samples.len() - spam < ENOUGH {
            return None;
        }
        let mut learnt = Self { weights: initial_weights(&training_samples, spam), bias: 0.0 };
        let mut order: Vec<usize> = (0..training_samples.len()).collect();
        let mut rng_state = 0x2545_f491_4f6c_dd1d;
        for _ in 0..PASSES {
            shuffle(&mut order, &mut rng_state);
            for &at in &order {
                let (indices, is_spam) = &training_samples[at];
                learnt.correct(indices, *is_spam);
            }
        }
        Some(learnt)
    }

    /// Returns the probability that a comment is spam, from 0 to 1. The same comment always has the same score.
    pub fn score(&self, sample: Sample<'_>) -> f64 {
        self.score_indices(&feature_indices(sample))
    }

    fn score_indices(&self, indices: &[usize]) -> f64 {
        let sum: f64 = indices.iter().map(|index| f64::from(self.weights[*index])).sum();
        1.0 / (1.0 + (-self.bias - sum * length_factor(indices)).clamp(-30.0, 30.0).exp())
    }

    #[expect(clippy::cast_possible_truncation, reason = "weights are small numbers, and there are many")]
    fn correct(&mut self, indices: &[usize], is_spam: bool) {
        let wrong = self.score_indices(indices) - f64::from(u8::from(is_spam));
        self.bias -= LEARNING_RATE / 50.0 * wrong;
        let step = (LEARNING_RATE * wrong * length_factor(indices)) as f32;
        for index in indices {
            self.weights[*index] -= step;
        }
    }
}

/// Scales the score of a long comment, which has more features but is not more certain.
fn length_factor(indices: &[usize]) -> f64 {
    1.0 / f64::from(u32::try_from(indices.len().max(1)).unwrap_or(u32::MAX)).sqrt()
}

/// Returns the initial weight of each feature: how much more frequent it is in spam, as a logarithm.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "counts of comments, of which there are some thousands")]
fn initial_weights(training_samples: &[(Vec<usize>, bool)], spam: usize) -> Vec<f32> {
    let mut counts = vec![[0_u32; 2]; TABLE_SIZE];
    for (indices, is_spam) in training_samples {
        for index in indices {
            counts[*index][usize::from(*is_spam)] += 1;
        }
    }
    let good = (training_samples.len() - spam) as f64;
    let weight = |[in_good, in_spam]: [u32; 2]| {
        if in_good + in_spam == 0 {
            return 0.0;
        }
        let often = |count: u32, all: f64| (f64::from(count) + 1.0) / (all + 2.0);
        (INITIAL_SCALE * (often(in_spam, spam as f64) / often(in_good, good)).ln()) as f32
    };
    counts.into_iter().map(weight).collect()
}

/// Shuffles with a fixed seed, so that the order is always the same.
fn shuffle(order: &mut [usize], rng_state: &mut u64) {
    for last in (1..order.len()).rev() {
        *rng_state ^= *rng_state << 13;
        *rng_state ^= *rng_state >> 7;
        *rng_state ^= *rng_state << 17;
        let other = usize::try_from(*rng_state % (last as u64 + 1)).unwrap_or_default();
        order.swap(last, other);
    }
}

/// Does not object without a trained classifier.
pub(super) fn check(input: &ContentInput<'_>) -> Option<Objection> {
    let (thresholds, bayes) = (input.policy.bayes?, input.known.bayes.as_ref()?);
    let submission = input.submission;
    let score = bayes.score(Sample { author: submission.author(), site: submission.site(), text: submission.text() });
    match score {
        _ if score >= thresholds.spam_at => Some(Objection::Spam),
        _ if score >= thresholds.hold_at => Some(Objection::Hold),
        _ => None,
    }
}

#[cfg(test)]
#[path = "bayes_tests.rs"]
pub(crate) mod tests;
