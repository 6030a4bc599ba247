//! Group commit: queries that wait are run in one transaction, so that all of them share one flush.
//!
//! A flush costs the disk some milliseconds, whatever it flushes. With one each, the disk's flushes bound how many comments a
//! second can be taken in, and every reader waits behind all who came before him.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use diesel::Connection as _;

use crate::StoreError;
use crate::engine::begin::Begin;
use crate::engine::connection::{self, Connection};
use crate::engine::database::{Database, PATIENCE, Session};
use crate::engine::file::Log;
use crate::engine::sqlite;

/// As many may wait. Whoever comes on top of that is told to come back, rather than kept until he has given up.
const MOST_WAITING: usize = 1024;
/// As many share a transaction: enough to make the flush cheap, few enough that the first does not wait long for the last.
const MOST_TOGETHER: usize = 256;
/// As many as were in the last group are about, and come again: they are waited for, unless nobody comes for a while, and not for
/// long. On a disk that flushes in a fraction of a millisecond, whoever does not wait flushes for every third.
const PAUSE: Duration = Duration::from_millis(1);
const GATHERING: Duration = Duration::from_millis(4);
/// When nobody has come for so long, the file is brought up to date with its log.
const QUIET: Duration = Duration::from_secs(2);
/// For so long after a write was tried, the next one is not: anybody may ask whether the service is healthy, and each write is flushed.
const PROVEN: Duration = Duration::from_secs(5);
/// A connection that fails within this time had been lost before; another one may still be in time.
const AT_ONCE: Duration = Duration::from_secs(1);

/// The way to the thread that writes. The thread ends with the last handle.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: SyncSender<Waiting>,
    /// When a write was last tried and succeeded; none after a group that could not be written.
    proven: Arc<Mutex<Option<Instant>>>,
    /// Behind the queue: when this goes, nobody can send any more.
    thread: Arc<Joined>,
}

/// A thread that has ended when this is gone.
pub(crate) struct Joined(pub(crate) Option<JoinHandle<()>>);

impl Drop for Joined {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            let _ = thread.join();
        }
    }
}

/// Runs the queries and keeps what they give; false: they failed, and are to be rolled back. An error: the database is unavailable, to
/// these queries and all others.
type Queries = Box<dyn FnMut(&mut Connection) -> Result<bool, StoreError> + Send>;

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
        let proven = Arc::<Mutex<Option<Instant>>>::default();
        let thread = thread::spawn({
            let proven = proven.clone();
            move || write_all(&database, &proven, &waiting)
        });
        Self { queue, proven, thread: Arc::new(Joined(Some(thread))) }
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
        let queries = keeping(outcome.clone(), queries);
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

    /// Whether the thread that writes is gone, and nothing can be stored any more.
    pub(crate) fn has_ended(&self) -> bool {
        self.thread.0.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Writes something, to try whether it can be done; unless that was tried a moment ago, and nothing has failed since.
    pub(crate) fn try_out(&self, queries: fn(&mut Connection) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let proven = || self.proven.lock().unwrap_or_else(PoisonError::into_inner);
        if proven().is_some_and(|at| at.elapsed() < PROVEN) {
            return Ok(());
        }
        self.write(queries)?;
        *proven() = Some(Instant::now());
        Ok(())
    }
}

fn ended() -> StoreError {
    StoreError::Unavailable("the thread that writes has ended".to_owned())
}

/// Queries whose outcome is kept for whoever waits for it.
fn keeping<T: Send + 'static>(
    outcome: Arc<Mutex<Option<Result<T, StoreError>>>>,
    mut queries: impl FnMut(&mut Connection) -> Result<T, StoreError> + Send + 'static,
) -> Queries {
    Box::new(move |connection| {
        // A panic, most likely in the rules, fails this submission alone: the thread that writes is everybody's.
        let result = match catch_unwind(AssertUnwindSafe(|| queries(connection))).unwrap_or(Err(StoreError::Panicked)) {
            Err(StoreError::Unavailable(cause)) => return Err(StoreError::Unavailable(cause)),
            result => result,
        };
        let fine = result.is_ok();
        *outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        Ok(fine)
    })
}

fn write_all(database: &Database, proven: &Mutex<Option<Instant>>, queue: &Receiver<Waiting>) {
    let mut session = None;
    let mut expected = 1;
    let mut log = database.log();
    loop {
        let first = match queue.recv_timeout(QUIET) {
            Ok(first) => first,
            Err(RecvTimeoutError::Timeout) => {
                if log.as_mut().is_some_and(Log::is_to_be_copied)
                    && let Ok(connection) = open(database, &mut session)
                {
                    sqlite::copy_log(connection);
                }
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let done = catch_unwind(AssertUnwindSafe(|| write_next(database, proven, queue, (&mut session, &mut expected), first)));
        if done.is_err() {
            // What would tell those who wait is dropped, so they are told. The session is in a state that nobody knows.
            *proven.lock().unwrap_or_else(PoisonError::into_inner) = None;
            session = None;
        }
    }
}

/// One group.
fn write_next(
    database: &Database,
    proven: &Mutex<Option<Instant>>,
    queue: &Receiver<Waiting>,
    (session, expected): (&mut Option<Session>, &mut usize),
    first: Waiting,
) {
    let group = gather(first, queue, *expected);
    *expected = group.len();
    // Who has waited longer is not written any more: his answer would come after he has given up.
    let (in_time, late): (Vec<_>, Vec<_>) = group.into_iter().partition(|waiting| waiting.since.elapsed() < PATIENCE);
    tell(late.into_iter().map(|waiting| waiting.told), Some("it waited too long for the database"));
    if !in_time.is_empty() {
        write_group(database, proven, session, in_time);
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
fn write_group(database: &Database, proven: &Mutex<Option<Instant>>, session: &mut Option<Session>, group: Vec<Waiting>) {
    let (mut queries, told): (Vec<_>, Vec<_>) = group.into_iter().map(|waiting| (waiting.queries, waiting.told)).unzip();
    let begun = Instant::now();
    let mut outcome = try_group(database, session, &mut queries);
    // The server was restarted since the last group, or takes no more writes. Not so after a commit that failed: that one may have
    // taken effect.
    if matches!(outcome, Err(Failure::BeforeCommit(_))) && begun.elapsed() < AT_ONCE {
        outcome = try_group(database, session, &mut queries);
    }
    match outcome {
        Ok(()) => tell(told, None),
        Err(Failure::BeforeCommit(error) | Failure::AtCommit(error)) => {
            *proven.lock().unwrap_or_else(PoisonError::into_inner) = None;
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

fn try_group(database: &Database, session: &mut Option<Session>, group: &mut [Queries]) -> Result<(), Failure> {
    let connection = open(database, session).map_err(Failure::BeforeCommit)?;
    // A savepoint costs as much as a query, and hardly any queries fail. A group in which some do is run again, with savepoints.
    let written = match transact(connection, group, run_all) {
        Ok(false) if group.len() > 1 => transact(connection, group, run_each),
        written => written,
    };
    match &written {
        Ok(_) => database.ring(connection),
        // It is in a state that nobody knows; closing it takes back what it began.
        Err(_) => *session = None,
    }
    written.map(drop)
}

/// Runs a group in one transaction. False: it was rolled back.
fn transact(
    connection: &mut Connection,
    group: &mut [Queries],
    run: impl FnOnce(&mut Connection, &mut [Queries]) -> Result<bool, StoreError>,
) -> Result<bool, Failure> {
    let is_to_be_kept = connection::start(connection, Begin::Write).and_then(|()| run(connection, group)).map_err(Failure::BeforeCommit)?;
    if is_to_be_kept {
        connection::commit(connection).map_err(Failure::AtCommit)?;
    } else {
        connection::roll_back(connection);
    }
    Ok(is_to_be_kept)
}

/// Ends with the first that fails; what the others did is not to be kept then.
fn run_all(connection: &mut Connection, group: &mut [Queries]) -> Result<bool, StoreError> {
    for queries in group {
        if !queries(connection)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Each in a savepoint: one that fails takes no other along.
fn run_each(connection: &mut Connection, group: &mut [Queries]) -> Result<bool, StoreError> {
    for queries in group {
        connection.transaction(|connection| if queries(connection)? { Ok(()) } else { Err(Undone::Alone) }).or_else(
            |undone| match undone {
                Undone::Alone => Ok(()),
                Undone::WithAll(error) => Err(error),
            },
        )?;
    }
    Ok(true)
}

/// What is rolled back.
enum Undone {
    Alone,
    WithAll(StoreError),
}

impl<E: Into<StoreError>> From<E> for Undone {
    fn from(error: E) -> Self {
        Self::WithAll(error.into())
    }
}

fn tell(waiting: impl IntoIterator<Item = Told>, trouble: Option<&str>) {
    for told in waiting {
        // One of them that panics leaves the others told.
        let tell = || told(trouble.map_or(Ok(()), |trouble| Err(StoreError::Unavailable(trouble.to_owned()))));
        let _ = catch_unwind(AssertUnwindSafe(tell));
    }
}

fn open<'a>(database: &Database, session: &'a mut Option<Session>) -> Result<&'a mut Connection, StoreError> {
    database.check()?;
    // Others may have found out that the server they are connected to takes no more writes.
    let kept = session.take().filter(|session| database.trusts(session));
    let session = session.insert(kept.map_or_else(|| database.establish(), Ok)?);
    Ok(&mut session.connection)
}
