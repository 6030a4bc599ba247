//! Which files a stranger has touched. The reader leaves them alone until they were seen to be healed.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A reader may have begun with the bad file just before it was healed.
const AFTERMATH: Duration = Duration::from_secs(2);

/// By the name of the readable form, when it was healed.
#[derive(Default)]
pub(crate) struct Strangers(Mutex<BTreeMap<String, Option<Instant>>>);

impl Strangers {
    /// To be called before the file is touched.
    pub(crate) fn touch(&self, file: &str) {
        self.lock().insert(file.to_owned(), None);
    }

    /// The whole tree was seen to be right.
    pub(crate) fn healed(&self) {
        self.lock().values_mut().for_each(|healed| *healed = healed.or(Some(Instant::now())));
    }

    pub(crate) fn touched(&self, file: &str) -> bool {
        self.lock().get(file).is_some_and(|healed| healed.is_none_or(|at| at.elapsed() < AFTERMATH))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Option<Instant>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
