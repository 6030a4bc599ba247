use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use crate::engine::database::Database;
use crate::engine::join_on_drop::JoinOnDrop;
use crate::engine::store::Store;
use crate::engine::wakeup::NewestRows;
use crate::error::StoreError;

/// Keeps a subscription from [`Store::listen`] alive. Dropping it ends the calls.
pub struct Listener {
    stop: Arc<AtomicBool>,
    _watcher: Option<RecommendedWatcher>,
    _thread: Option<JoinOnDrop>,
}

impl Store {
    /// Calls `wake` soon after this or another process may have added work. Some calls are spurious, and in rare cases a call is missing (a
    /// file system that reports no changes, a lost connection), so the caller must also poll from time to time.
    pub fn listen(&self, wake: impl Fn() + Send + 'static) -> Result<Listener, StoreError> {
        let stop = Arc::<AtomicBool>::default();
        let (watcher, thread) = match &self.database {
            Database::Sqlite(file) => (Some(watch_file(file.path(), wake)?), None),
            Database::Postgres(server) => {
                let (store, server, stop) = (self.clone(), server.clone(), stop.clone());
                let thread = thread::spawn(move || server.follow(&|| store.read_one(NewestRows::read), &stop, &wake));
                (None, Some(JoinOnDrop::new(thread)))
            }
        };
        Ok(Listener { stop, _watcher: watcher, _thread: thread })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Watches the database file. Every process sets the file's modification time after it has added work; SQLite itself seldom writes to it.
///
/// The write-ahead log is not watched: SQLite writes to it several times per comment, watching it made storing a comment a tenth slower, and a
/// write to it does not mean that anything was committed.
fn watch_file(database: &Path, wake: impl Fn() + Send + 'static) -> Result<RecommendedWatcher, StoreError> {
    let changed = move |event: notify::Result<Event>| match event {
        // Opening, reading and closing are not changes. After an error, events may be missing, so it counts as a change.
        Ok(event) if event.kind.is_access() => {}
        _ => wake(),
    };
    let unwatched = |error: notify::Error| StoreError::Unavailable(format!("{} cannot be watched: {error}", database.display()));
    let mut watcher = notify::recommended_watcher(changed).map_err(unwatched)?;
    watcher.watch(database, RecursiveMode::NonRecursive).map_err(unwatched)?;
    Ok(watcher)
}
