//! What the rules need at once and the store would be slow to tell: kept in memory, and looked after by a thread of its own. No
//! request waits for it.

use std::sync::{Arc, PoisonError, RwLock};

use ardoise_model::{Bayes, Policy, Sample, ScreeningState, Timestamp};
use ardoise_store::{Key, Store, StoreError};

/// As many comments of each kind are learnt from.
const MOST_LESSONS: i64 = 5000;
/// What was deleted without a decision is forgotten after so long.
const FORGET: i64 = Timestamp::HOUR;

/// How long what it keeps lasts, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyLifetimes {
    /// Of a challenge.
    pub challenge: i64,
    /// Of the key that networks are hashed with.
    pub network: i64,
}

/// Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct ScreeningCache(Arc<Inner>);

struct Inner {
    store: Store,
    policy: Arc<Policy>,
    lifetimes: KeyLifetimes,
    kept: RwLock<Arc<CachedScreening>>,
}

/// What is kept just now.
#[derive(Default)]
pub(crate) struct CachedScreening {
    pub(crate) known: Arc<ScreeningState>,
    /// None: it could not be had yet, and networks are not told apart.
    pub(crate) network_key: Option<Key>,
    /// The decision after which was learnt, and when.
    learnt: Option<(i64, Timestamp)>,
}

impl ScreeningCache {
    /// One that knows nothing yet.
    pub fn new(store: Store, policy: Policy, lifetimes: KeyLifetimes) -> Self {
        Self(Arc::new(Inner { store, policy: Arc::new(policy), lifetimes, kept: RwLock::default() }))
    }

    /// Looks after all of it. What cannot be had stays as it was.
    pub fn refresh(&self, now: Timestamp) -> Result<(), StoreError> {
        let before = self.kept();
        let Inner { store, policy, lifetimes, .. } = &*self.0;
        let network_key = Some(store.rotate_secret("network", now, lifetimes.network)?);
        let challenges = if policy.proof_bits > 0 { store.challenges(now, lifetimes.challenge)? } else { Vec::new() };
        let last = store.last_decision()?;
        let is_new = before.learnt.is_none_or(|(decision, at)| decision != last || now.0 - at.0 > FORGET);
        let (bayes, learnt) = match (policy.bayes, is_new) {
            (None, _) => (None, None),
            (Some(_), true) => (self.learn(now)?.map(Arc::new), Some((last, now))),
            (Some(_), false) => (before.known.bayes.clone(), before.learnt),
        };
        let kept = CachedScreening { known: Arc::new(ScreeningState { bayes, challenges }), network_key, learnt };
        *self.0.kept.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(kept);
        Ok(())
    }

    fn learn(&self, now: Timestamp) -> Result<Option<Bayes>, StoreError> {
        let training_samples = self.0.store.training_samples(MOST_LESSONS, now)?;
        let spam = training_samples.iter().filter(|lesson| lesson.is_spam).count();
        let learnt = Bayes::learn(
            training_samples
                .iter()
                .map(|lesson| (Sample { author: &lesson.author, site: lesson.site.as_deref(), text: &lesson.text }, lesson.is_spam)),
        );
        tracing::debug!(spam, good = training_samples.len() - spam, enough = learnt.is_some(), "learnt from the moderators' decisions");
        Ok(learnt)
    }

    pub(crate) fn kept(&self) -> Arc<CachedScreening> {
        self.0.kept.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn policy(&self) -> &Arc<Policy> {
        &self.0.policy
    }
}
