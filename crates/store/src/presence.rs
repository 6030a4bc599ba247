//! Whether the holder of a lease has ended: then nobody has to wait until the lease expires.
//!
//! On PostgreSQL the holder keeps a session of its own with an advisory lock, which goes with the process. On SQLite all processes are on
//! one machine, and the holder's name begins with the number of its process. Behind a connection pooler, and on a system without such
//! numbers, the expiry alone says when a lease is free.

use std::sync::Mutex;

use diesel::PgConnection;

use crate::database::Database;
use crate::postgres::{self, Way};
use crate::{Store, StoreError};

/// What shows others that this process lives.
#[derive(Default)]
pub(crate) struct Presence {
    session: Option<Mutex<PgConnection>>,
}

impl Presence {
    /// Shows it from now on.
    pub(crate) fn of(store: &Store, lock: i32) -> Result<Self, StoreError> {
        Ok(Self { session: held(store, lock)?.map(Mutex::new) })
    }

    /// Whether the holder called `name` has ended. If so, this process shows from now on that it lives.
    pub(crate) fn tells_that_the_other_has_ended(&mut self, store: &Store, lock: i32, name: &str) -> Result<bool, StoreError> {
        if let Database::Sqlite(_) = &store.database {
            return Ok(has_ended(name));
        }
        *self = Self::of(store, lock)?;
        Ok(self.session.is_some())
    }
}

/// A session that holds the lock. None: another session holds it, or sessions are not ours alone.
fn held(store: &Store, lock: i32) -> Result<Option<PgConnection>, StoreError> {
    let Database::Postgres(server) = &store.database else { return Ok(None) };
    let (mut session, way) = postgres::open(&server.url)?;
    Ok(if way == Way::Direct && postgres::try_hold(&mut session, lock)? { Some(session) } else { None })
}

/// What a holder is called.
pub(crate) fn name(token: &str) -> String {
    format!("{}-{token}", std::process::id())
}

/// A number that has been given to another process since is taken for a holder that lives; so is our own, which each start in a container
/// has.
#[cfg(unix)]
fn has_ended(name: &str) -> bool {
    let number = name.split_once('-').and_then(|(number, _)| number.parse::<i32>().ok());
    let Some(process) = number.and_then(rustix::process::Pid::from_raw) else { return false };
    rustix::process::test_kill_process(process) == Err(rustix::io::Errno::SRCH)
}

#[cfg(not(unix))]
fn has_ended(_: &str) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_has_ended_is_told_from_one_that_lives() {
        // No system gives a process this number.
        assert!(has_ended(&format!("{}-token", i32::MAX)));
        for lives in [super::name("token"), "no number".to_owned(), String::new(), "-token".to_owned()] {
            assert!(!has_ended(&lives), "{lives}");
        }
    }
}
