//! State that the rules for submissions need and that would be slow to query: the classifier, the challenges, and the key that networks
//! are hashed with. A thread of its own refreshes it, so no request waits for it.

use std::sync::{Arc, PoisonError, RwLock};

use ardoise_model::{Bayes, Policy, Sample, ScreeningState, Timestamp};
use ardoise_store::{Key, Store, StoreError};

/// The maximum number of training samples of each kind.
const MAX_SAMPLES: i64 = 5000;
/// The classifier is trained again after this many milliseconds even if nothing was decided: comments may have been deleted since.
const TRAINING_INTERVAL: i64 = Timestamp::HOUR;

/// The lifetimes of secrets, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyLifetimes {
    /// The lifetime of a challenge.
    pub challenge: i64,
    /// The lifetime of the key that networks are hashed with.
    pub network: i64,
}

/// Caches the screening state. Clones are cheap and share the cache.
#[derive(Clone)]
pub struct ScreeningCache(Arc<Inner>);

struct Inner {
    store: Store,
    policy: Arc<Policy>,
    lifetimes: KeyLifetimes,
    current: RwLock<Arc<CachedScreening>>,
}

/// A snapshot of the screening state.
#[derive(Default)]
pub(crate) struct CachedScreening {
    pub(crate) state: Arc<ScreeningState>,
    /// `None` until it was first read from the store. Networks are not distinguished until then.
    pub(crate) network_key: Option<Key>,
    /// The last decision that the classifier was trained with, and the time of the training.
    trained: Option<(i64, Timestamp)>,
}

impl ScreeningCache {
    /// Creates an empty cache.
    pub fn new(store: Store, policy: Policy, lifetimes: KeyLifetimes) -> Self {
        Self(Arc::new(Inner { store, policy: Arc::new(policy), lifetimes, current: RwLock::default() }))
    }

    /// Rotates the secrets and trains the classifier if it is out of date. On an error, the current snapshot stays.
    pub fn refresh(&self, now: Timestamp) -> Result<(), StoreError> {
        let before = self.current();
        let Inner { store, policy, lifetimes, .. } = &*self.0;
        let network_key = Some(store.rotate_secret("network", now, lifetimes.network)?);
        let challenges = if policy.proof_bits > 0 { store.challenges(now, lifetimes.challenge)? } else { Vec::new() };
        let last_decision = store.last_decision()?;
        let is_outdated = before.trained.is_none_or(|(decision, at)| decision != last_decision || now.0 - at.0 > TRAINING_INTERVAL);
        let (bayes, trained) = match (policy.bayes, is_outdated) {
            (None, _) => (None, None),
            (Some(_), true) => (self.train(now)?.map(Arc::new), Some((last_decision, now))),
            (Some(_), false) => (before.state.bayes.clone(), before.trained),
        };
        let snapshot = CachedScreening { state: Arc::new(ScreeningState { bayes, challenges }), network_key, trained };
        *self.0.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        Ok(())
    }

    fn train(&self, now: Timestamp) -> Result<Option<Bayes>, StoreError> {
        let samples = self.0.store.training_samples(MAX_SAMPLES, now)?;
        let spam = samples.iter().filter(|sample| sample.is_spam).count();
        let bayes = Bayes::learn(
            samples
                .iter()
                .map(|sample| (Sample { author: &sample.author, site: sample.site.as_deref(), text: &sample.text }, sample.is_spam)),
        );
        tracing::debug!(
            spam,
            good = samples.len() - spam,
            enough = bayes.is_some(),
            "the classifier was trained with moderators' decisions"
        );
        Ok(bayes)
    }

    /// Returns the current snapshot.
    pub(crate) fn current(&self) -> Arc<CachedScreening> {
        self.0.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn policy(&self) -> &Arc<Policy> {
        &self.0.policy
    }
}
