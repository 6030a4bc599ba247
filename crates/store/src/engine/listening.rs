use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use crate::engine::database::Database;
use crate::engine::join_on_drop::JoinOnDrop;
use crate::engine::postgres::{self, SessionKind};
use crate::engine::store::Store;
use crate::engine::wakeup::{NOTIFY_CHANNEL, NewestRows};
use crate::error::StoreError;

/// How often the socket is checked for notifications from PostgreSQL. A check sends no query.
const SOCKET_POLL_INTERVAL: Duration = Duration::from_millis(10);
/// The pause before connecting again, and between two queries where a connection pooler makes `LISTEN` impossible.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

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
                let (store, url, stop) = (self.clone(), server.url.clone(), stop.clone());
                let thread = thread::spawn(move || follow_server(&store, &url, &stop, &wake));
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

/// Listens on a PostgreSQL server until `stop`, and connects again after a lost connection.
fn follow_server(store: &Store, url: &str, stop: &AtomicBool, wake: &impl Fn()) {
    let mut newest = None;
    while !stop.load(Ordering::Relaxed) {
        let failures = store.database.failures();
        if let Ok((mut session, kind)) = postgres::open(url) {
            if kind == SessionKind::Pooled {
                drop(session);
                poll_rows(store, &mut newest, stop, wake);
            } else if session.batch_execute(&format!("LISTEN {NOTIFY_CHANNEL}")).is_ok() {
                // For changes from before the `LISTEN`.
                wake();
                // After a failover, this session may stay connected to the old server, which notifies nobody any more. Therefore a failure
                // on any other connection is a reason to connect again.
                poll_notifications(&mut session, &|| stop.load(Ordering::Relaxed) || store.database.failures() != failures, wake);
            }
        }
        pause(stop);
    }
}

/// Waits in short steps, so that dropping the listener does not block for long.
fn pause(stop: &AtomicBool) {
    let begun = Instant::now();
    while begun.elapsed() < RETRY_INTERVAL && !stop.load(Ordering::Relaxed) {
        thread::sleep(SOCKET_POLL_INTERVAL);
    }
}

/// Polls for new rows, because `LISTEN` does not work behind a pooler, which assigns a server session for one transaction only. Returns
/// when a query fails.
fn poll_rows(store: &Store, newest: &mut Option<NewestRows>, stop: &AtomicBool, wake: &impl Fn()) {
    while !stop.load(Ordering::Relaxed) {
        let Ok(now) = store.read_one(NewestRows::read) else { return };
        if newest.replace(now) != Some(now) {
            wake();
        }
        pause(stop);
    }
}

/// Calls `wake` after notifications. Returns when the connection is lost, or when `is_over`.
fn poll_notifications(session: &mut diesel::PgConnection, is_over: &impl Fn() -> bool, wake: &impl Fn()) {
    while !is_over() {
        let mut is_notified = false;
        for notification in session.notifications_iter() {
            if notification.is_err() {
                return;
            }
            is_notified = true;
        }
        if is_notified {
            wake();
        }
        thread::sleep(SOCKET_POLL_INTERVAL);
    }
}
