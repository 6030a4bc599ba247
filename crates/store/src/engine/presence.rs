//! Whether the process that holds a lease has ended, so that another process need not wait until the lease expires.
//!
//! The holder keeps a lock that ends with its process: on PostgreSQL an advisory lock in a session of its own, on SQLite the lock of a file
//! beside the database. A process id would not do: in a container every start has the same id, and containers do not see each other's
//! processes. Behind a connection pooler, and on a file system without locks, only the expiry tells that a lease is free.

use std::fs::File;

use crate::engine::database::Database;
use crate::engine::postgres::SessionLock;
use crate::engine::store::Store;
use crate::error::StoreError;

/// A lock that shows other processes that this process is alive. It is released on drop.
pub(crate) enum Presence {
    File { _lock: File },
    Session { _lock: SessionLock },
}

impl Presence {
    /// Takes the lock. Returns `None` if another process has it, or if there is no such lock here.
    pub(crate) fn take(store: &Store, advisory_lock: i32) -> Result<Option<Self>, StoreError> {
        match &store.database {
            Database::Sqlite(file) => Ok(file.try_lock_lease_file().map(|lock| Self::File { _lock: lock })),
            Database::Postgres(server) => Ok(server.try_session_lock(advisory_lock)?.map(|lock| Self::Session { _lock: lock })),
        }
    }
}
