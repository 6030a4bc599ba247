//! SQLite's write-ahead log. What is only in the log is missing from a copy of the database's file, as `cp` makes it.

use std::path::PathBuf;
use std::time::SystemTime;

use diesel::connection::SimpleConnection;

use crate::engine::connection::Connection;
use crate::engine::file::DatabaseFile;

/// The log's length and the time of its last change.
type State = (u64, SystemTime);

/// Finds the moments at which the log is worth a checkpoint.
#[derive(Default)]
pub(crate) struct WalMonitor {
    path: PathBuf,
    last_seen: Option<State>,
    last_checkpoint: Option<State>,
}

impl WalMonitor {
    pub(crate) fn new(database: &DatabaseFile) -> Self {
        Self { path: database.path_with_suffix("-wal"), ..Self::default() }
    }

    /// Whether this process or another has written to the log since the last checkpoint, and none has since the last call.
    pub(crate) fn is_checkpoint_due(&mut self) -> bool {
        let state = self.path.metadata().and_then(|metadata| Ok((metadata.len(), metadata.modified()?))).ok();
        let state = state.filter(|(length, _)| *length > 0);
        let is_quiet = state.is_some() && self.last_seen == state;
        self.last_seen = state;
        if !is_quiet || self.last_checkpoint == state {
            return false;
        }
        self.last_checkpoint = state;
        true
    }
}

/// Copies the log into the database's file, up to the oldest snapshot that is still read. Neither waits nor blocks.
pub(crate) fn checkpoint(connection: &mut Connection) {
    if connection.is_sqlite() {
        // After a failure, the next quiet moment tries again, or SQLite itself when the log has grown.
        let _ = connection.batch_execute("PRAGMA wal_checkpoint(PASSIVE)");
    }
}
