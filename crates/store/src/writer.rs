//! Group commit: queries that wait are run in one transaction, so that all of them share one flush.
//!
//! A flush costs the disk some milliseconds, whatever it flushes. With one each, the disk's flushes bound how many comments a
//! second can be taken in, and every reader waits behind all who came before him.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use diesel::Connection as _;

use crate::StoreError;
use crate::begin::Begin;
use crate::connection::{self, Connection};
use crate::database::{Database, PATIENCE};

/// As many may wait. Whoever comes on top of that is told to come back, rather than kept until he has given up.
const MOST_WAITING: usize = 1024;
/// As many share a transaction: enough to make the flush cheap, few enough that the first does not wait long for the last.
const MOST_TOGETHER: usize = 256;
/// As many as were in the last group are about, and come again: they are waited for, unless nobody comes for a while, and not for
/// long. On a disk that flushes in a fraction of a millisecond, whoever does not wait flushes for every third.
const PAUSE: Duration = Duration::from_millis(1);
const GATHERING: Duration = Duration::from_millis(4);
/// A connection that fails within this time had been lost before; another one may still be in time.
const AT_ONCE: Duration = Duration::from_secs(1);

/// The way to the thread that writes. The thread ends with the last handle.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: SyncSender<Waiting>,
    /// Whether the last group could not be written.
    failed: Arc<AtomicBool>,
    /// Behind the queue: when this goes, nobody can send any more.
    thread: Arc<Joined>,
}

/// A thread that has ended when this is gone: one that still closes its connection while the process ends makes OpenSSL crash.
pub(crate) struct Joined(pub(crate) Option<JoinHandle<()>>);

impl Drop for Joined {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            let _ = thread.join();
        }
    }
}

/// Runs the queries and keeps what they give; false: they failed, and are to be rolled back.
type Queries = Box<dyn FnMut(&mut Connection) -> bool + Send>;

/// Told what became of the transaction.
type Told = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

struct Waiting {
    queries: Queries,
    since: Instant,
    told: Told,
}

impl Writer {
    pub(crate) fn start(database: Database) -> Self {
        let (queue, waiting) = sync_channel(MOST_WAITING);
        let failed = Arc::<AtomicBool>::default();
        let thread = thread::spawn({
            let failed = failed.clone();
            move || write_all(&database, &failed, &waiting)
        });
        Self { queue, failed, thread: Arc::new(Joined(Some(thread))) }
    }

    /// Returns when what `queries` did is on disk, or certainly is not and never will be.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        queries: impl FnMut(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, told) = sync_channel(1);
        // It is waited for until the end of this function.
        self.write_then(queries, move |written| drop(sender.send(written)));
        told.recv().map_err(|_| ended())?
    }

    /// Returns at once. Calls `told` when what `queries` did is on disk, or certainly is not and never will be: from the thread that
    /// writes, which does nothing else meanwhile. Should that thread have ended, `told` is dropped.
    pub(crate) fn write_then<T: Send + 'static>(
        &self,
        queries: impl FnMut(&mut Connection) -> Result<T, StoreError> + Send + 'static,
        told: impl FnOnce(Result<T, StoreError>) + Send + 'static,
    ) {
        let outcome = Arc::new(Mutex::new(None));
        let queries = keeping(outcome.clone(), self.failed.clone(), queries);
        let told = Box::new(move |committed: Result<(), StoreError>| {
            let outcome = || outcome.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or_else(ended)?;
            told(committed.and_then(|()| outcome()));
        });
        match self.queue.try_send(Waiting { queries, since: Instant::now(), told }) {
            Ok(()) => {}
            Err(TrySendError::Full(Waiting { told, .. })) => {
                told(Err(StoreError::Unavailable(format!("{MOST_WAITING} wait already"))));
            }
            Err(TrySendError::Disconnected(Waiting { told, .. })) => told(Err(ended())),
        }
    }

    /// Whether the last attempt to write failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// Whether the thread that writes is gone, and nothing can be stored any more.
    pub(crate) fn has_ended(&self) -> bool {
        self.thread.0.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Somebody else has written since.
    pub(crate) fn forgive(&self) {
        self.failed.store(false, Ordering::Relaxed);
    }
}

fn ended() -> StoreError {
    StoreError::Unavailable("the thread that writes has ended".to_owned())
}

/// Queries whose outcome is kept for whoever waits for it.
fn keeping<T: Send + 'static>(
    outcome: Arc<Mutex<Option<Result<T, StoreError>>>>,
    failed: Arc<AtomicBool>,
    mut queries: impl FnMut(&mut Connection) -> Result<T, StoreError> + Send + 'static,
) -> Queries {
    Box::new(move |connection| {
        // A panic, most likely in the rules, fails this submission alone: the thread that writes is everybody's.
        let result = catch_unwind(AssertUnwindSafe(|| queries(connection))).unwrap_or(Err(StoreError::Panicked));
        let fine = result.is_ok();
        failed.fetch_or(matches!(result, Err(StoreError::Unavailable(_))), Ordering::Relaxed);
        *outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        fine
    })
}

fn write_all(database: &Database, failed: &AtomicBool, queue: &Receiver<Waiting>) {
    let mut connection = None;
    let mut expected = 1;
    while let Ok(first) = queue.recv() {
        let done = catch_unwind(AssertUnwindSafe(|| write_next(database, failed, queue, (&mut connection, &mut expected), first)));
        if done.is_err() {
            // Whoever waited is told, for what would tell them is dropped. The connection is in a state that nobody knows.
            failed.store(true, Ordering::Relaxed);
            connection = None;
        }
    }
}

/// One group.
fn write_next(
    database: &Database,
    failed: &AtomicBool,
    queue: &Receiver<Waiting>,
    (connection, expected): (&mut Option<Connection>, &mut usize),
    first: Waiting,
) {
    let group = gather(first, queue, *expected);
    *expected = group.len();
    // Who has waited longer is not written any more: his answer would come after he has given up.
    let (in_time, late): (Vec<_>, Vec<_>) = group.into_iter().partition(|waiting| waiting.since.elapsed() < PATIENCE);
    tell(late.into_iter().map(|waiting| waiting.told), Some("it waited too long for the database"));
    if !in_time.is_empty() {
        failed.store(false, Ordering::Relaxed);
        write_group(database, failed, connection, in_time);
    }
}

/// Those who wait already, and those who come in the next moment, if so many are `expected`.
fn gather(first: Waiting, queue: &Receiver<Waiting>, expected: usize) -> Vec<Waiting> {
    let begun = Instant::now();
    let mut group = vec![first];
    loop {
        let room = MOST_TOGETHER - group.len();
        group.extend(queue.try_iter().take(room));
        if group.len() >= expected.min(MOST_TOGETHER) || begun.elapsed() >= GATHERING {
            return group;
        }
        match queue.recv_timeout(PAUSE) {
            Ok(next) => group.push(next),
            Err(_) => return group,
        }
    }
}

/// Nobody is told before the commit, which flushes.
fn write_group(database: &Database, failed: &AtomicBool, connection: &mut Option<Connection>, group: Vec<Waiting>) {
    let (mut queries, told): (Vec<_>, Vec<_>) = group.into_iter().map(|waiting| (waiting.queries, waiting.told)).unzip();
    let begun = Instant::now();
    let mut written = try_group(database, connection, &mut queries);
    // The server was restarted since the last group. Not so after a commit that failed: that one may have taken effect.
    if matches!(written, Err(Failure::BeforeCommit(_))) && begun.elapsed() < AT_ONCE {
        written = try_group(database, connection, &mut queries);
    }
    match written {
        Ok(()) => tell(told, None),
        Err(Failure::BeforeCommit(error) | Failure::AtCommit(error)) => {
            failed.store(true, Ordering::Relaxed);
            tell(told, Some(&with_cause(&error)));
        }
    }
}

fn with_cause(error: &StoreError) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

/// When a group could not be written.
enum Failure {
    BeforeCommit(StoreError),
    AtCommit(StoreError),
}

fn try_group(database: &Database, connection: &mut Option<Connection>, group: &mut [Queries]) -> Result<(), Failure> {
    let open = open(database, connection).map_err(Failure::BeforeCommit)?;
    let written = match connection::start(open, Begin::Write).and_then(|()| run_together(open, group)) {
        Ok(true) => connection::commit(open).map_err(Failure::AtCommit),
        Ok(false) => {
            connection::roll_back(open);
            Ok(())
        }
        Err(error) => Err(Failure::BeforeCommit(error)),
    };
    match written {
        Ok(()) => database.ring(open),
        // It is in a state that nobody knows; closing it takes back what it began.
        Err(_) => *connection = None,
    }
    written
}

/// Whether there is something to commit.
fn run_together(connection: &mut Connection, group: &mut [Queries]) -> Result<bool, StoreError> {
    if let [only] = group {
        return Ok(only(connection));
    }
    for queries in group {
        // Each in a savepoint: one that fails takes no other along.
        let one =
            connection.transaction(|connection| if queries(connection) { Ok(()) } else { Err(diesel::result::Error::RollbackTransaction) });
        match one {
            Ok(()) | Err(diesel::result::Error::RollbackTransaction) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(true)
}

fn tell(waiting: impl IntoIterator<Item = Told>, trouble: Option<&str>) {
    for told in waiting {
        // One of them that panics leaves the others told.
        let tell = || told(trouble.map_or(Ok(()), |trouble| Err(StoreError::Unavailable(trouble.to_owned()))));
        let _ = catch_unwind(AssertUnwindSafe(tell));
    }
}

fn open<'a>(database: &Database, connection: &'a mut Option<Connection>) -> Result<&'a mut Connection, StoreError> {
    database.check()?;
    match connection {
        Some(connection) => Ok(connection),
        None => Ok(connection.insert(database.establish()?)),
    }
}
