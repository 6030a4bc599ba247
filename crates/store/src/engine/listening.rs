use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use crate::engine::database::Database;
use crate::engine::postgres::{self, CHANNEL, Way};
use crate::engine::writer::Joined;
use crate::tables::outbox;
use crate::tables::work;
use crate::{Store, StoreError};

/// How often it is looked whether PostgreSQL has sent something. That costs no question to the server.
const LOOK: Duration = Duration::from_millis(10);
/// After a lost connection, and between two looks for new rows where nobody can listen.
const RETRY: Duration = Duration::from_secs(1);

/// Somebody is told of changes as long as this lives.
pub struct Listener {
    over: Arc<AtomicBool>,
    _file: Option<RecommendedWatcher>,
    _server: Joined,
}

impl Store {
    /// Calls `wake` soon after another process, or this one, may have added work. It may be called for nothing, and in rare cases
    /// not at all (a file system that reports nothing, a lost connection), so a slow poll belongs beside it.
    pub fn listen(&self, wake: impl Fn() + Send + 'static) -> Result<Listener, StoreError> {
        let over = Arc::<AtomicBool>::default();
        let (file, server) = match &self.database {
            Database::Sqlite(file) => (Some(watch(file.path(), wake)?), None),
            Database::Postgres(server) => {
                let (store, url, over) = (self.clone(), server.url.clone(), over.clone());
                (None, Some(thread::spawn(move || follow(&store, &url, &over, &wake))))
            }
        };
        Ok(Listener { over, _file: file, _server: Joined(server) })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// Who has added work touches the database's file; SQLite itself writes there seldom. Its log it writes all the time, and several times
/// for each comment: to watch that was a tenth of what taking in a comment cost, and said nothing about what was committed.
fn watch(database: &Path, wake: impl Fn() + Send + 'static) -> Result<RecommendedWatcher, StoreError> {
    let changed = move |event: notify::Result<Event>| match event {
        // Reading is not a change.
        Ok(event) if event.kind.is_access() => {}
        _ => wake(),
    };
    let unwatched = |error: notify::Error| StoreError::Unavailable(format!("{} cannot be watched: {error}", database.display()));
    let mut watcher = notify::recommended_watcher(changed).map_err(unwatched)?;
    watcher.watch(database, RecursiveMode::NonRecursive).map_err(unwatched)?;
    Ok(watcher)
}

fn follow(store: &Store, url: &str, over: &AtomicBool, wake: &impl Fn()) {
    let mut newest = None;
    while !over.load(Ordering::Relaxed) {
        let troubles = store.database.troubles();
        if let Ok((mut session, way)) = postgres::open(url) {
            if way == Way::Pooled {
                drop(session);
                ask(store, &mut newest, over, wake);
            } else if session.batch_execute(&format!("LISTEN {CHANNEL}")).is_ok() {
                // Whatever happened while nobody listened is told now.
                wake();
                // After a failover this session may lead to a server that nobody writes to, and hear nothing more.
                hear(&mut session, &|| over.load(Ordering::Relaxed) || store.database.troubles() != troubles, wake);
            }
        }
        pause(over);
    }
}

/// In steps: whoever ends waits for this.
fn pause(over: &AtomicBool) {
    let begun = Instant::now();
    while begun.elapsed() < RETRY && !over.load(Ordering::Relaxed) {
        thread::sleep(LOOK);
    }
}

/// Behind a pooler nobody can listen: a session is ours for one transaction at a time. So it is looked for new rows; returns when that
/// fails.
fn ask(store: &Store, newest: &mut Option<(i64, i64)>, over: &AtomicBool, wake: &impl Fn()) {
    while !over.load(Ordering::Relaxed) {
        let Ok(now) = store.ask(|connection| Ok((work::newest(connection)?, outbox::newest(connection)?))) else { return };
        if newest.replace(now) != Some(now) {
            wake();
        }
        pause(over);
    }
}

/// Returns when the connection is lost, or `over`.
fn hear(session: &mut diesel::PgConnection, over: &impl Fn() -> bool, wake: &impl Fn()) {
    while !over() {
        let mut heard = false;
        for notification in session.notifications_iter() {
            if notification.is_err() {
                return;
            }
            heard = true;
        }
        if heard {
            wake();
        }
        thread::sleep(LOOK);
    }
}
