//! Stands in for `postgres.rs` in a program that is built without the feature `postgres`, so that few other files name the feature.
//!
//! A [`Server`] cannot exist, because no value of [`Infallible`] does. Its methods are there for the compiler and are never called.

use std::convert::Infallible;
use std::sync::atomic::AtomicBool;

use crate::engine::either::EitherConnection as Connection;
use crate::engine::url::StoreUrlError;
use crate::engine::wakeup::NewestRows;
use crate::error::{Diagnosis, StoreError};

#[derive(Clone)]
pub(crate) struct Server(Infallible);

pub(crate) struct SessionLock(Infallible);

impl Server {
    pub(crate) fn new(_url: &str) -> Result<Self, StoreError> {
        Err(StoreUrlError::NoPostgres.into())
    }

    pub(crate) fn establish(&self) -> Result<Connection, StoreError> {
        match self.0 {}
    }

    pub(crate) fn record_failure(&self) {
        match self.0 {}
    }

    pub(crate) fn failures(&self) -> u64 {
        match self.0 {}
    }

    pub(crate) fn lock_schema(&self, _connection: &mut Connection) -> Result<(), StoreError> {
        match self.0 {}
    }

    pub(crate) fn try_session_lock(&self, _lock: i32) -> Result<Option<SessionLock>, StoreError> {
        match self.0 {}
    }

    pub(crate) fn location(&self, _connection: &mut Connection) -> Result<String, StoreError> {
        match self.0 {}
    }

    pub(crate) fn follow(&self, _read_rows: &dyn Fn() -> Result<NewestRows, StoreError>, _stop: &AtomicBool, _wake: &impl Fn()) {
        match self.0 {}
    }
}

pub(crate) fn diagnose(_url: &str) -> Result<(), Diagnosis> {
    Err(Diagnosis::Refused(StoreUrlError::NoPostgres.to_string()))
}
