//! The running processes of the program.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

#[derive(Default)]
pub(crate) struct Processes(Mutex<BTreeMap<u32, String>>);

impl Processes {
    pub(crate) fn add(&self, id: u32, what: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, what.to_owned());
    }

    pub(crate) fn remove(&self, id: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    pub(crate) fn all(&self) -> Vec<(u32, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone().into_iter().collect()
    }
}
