//! The files that a fault has tampered with. The reader does not check them until they were seen to be repaired.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The reader may have opened a damaged file just before its repair.
const READ_GRACE: Duration = Duration::from_secs(2);

/// The time of repair by file name, without the suffix of a compressed form.
#[derive(Default)]
pub(crate) struct TamperedFiles(Mutex<BTreeMap<String, Option<Instant>>>);

impl TamperedFiles {
    /// Must be called before the file is changed.
    pub(crate) fn mark(&self, file: &str) {
        self.lock().insert(file.to_owned(), None);
    }

    /// Called when the whole tree was seen to be correct.
    pub(crate) fn mark_repaired(&self) {
        self.lock().values_mut().for_each(|repaired| *repaired = repaired.or(Some(Instant::now())));
    }

    pub(crate) fn contains(&self, file: &str) -> bool {
        self.lock().get(file).is_some_and(|repaired| repaired.is_none_or(|at| at.elapsed() < READ_GRACE))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Option<Instant>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
