//! Whether the holder of a lease has ended: then nobody has to wait until the lease expires.
//!
//! The holder keeps a lock that goes with its process: on PostgreSQL an advisory lock, in a session of its own; on SQLite that of a file
//! beside the database. A process number would tell less: in a container each start has the same one, and another container sees none of
//! this one's. Behind a connection pooler, and on a file system without locks, the expiry alone says when a lease is free.

use std::fs::File;
use std::sync::Mutex;

use diesel::PgConnection;

use crate::engine::database::Database;
use crate::engine::postgres::{self, Way};
use crate::{Store, StoreError};

/// What shows others that this process lives. The lock goes when it is dropped.
pub(crate) enum Presence {
    File { _locked: File },
    Session { _locked: Mutex<PgConnection> },
}

impl Presence {
    /// Shows it from now on. None: another process does, or it cannot be shown.
    pub(crate) fn of(store: &Store, lock: i32) -> Result<Option<Self>, StoreError> {
        match &store.database {
            Database::Sqlite(file) => Ok(file.lock_beside().map(|locked| Self::File { _locked: locked })),
            Database::Postgres(server) => {
                let (mut session, way) = postgres::open(&server.url)?;
                let is_held = way == Way::Direct && postgres::try_hold(&mut session, lock)?;
                Ok(is_held.then(|| Self::Session { _locked: Mutex::new(session) }))
            }
        }
    }
}
