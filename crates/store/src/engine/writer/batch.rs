//! The writer thread: collects jobs into batches, and runs each batch in one transaction.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::Connection as _;

use crate::engine::connection::{self, Connection, TransactionMode};
use crate::engine::database::{CONNECT_TIMEOUT, Database, Session};
use crate::engine::wal::{self, WalMonitor};
use crate::error::StoreError;

/// The size of a batch: large enough to make the flush cheap, small enough that the first job does not wait long for the last.
const MAX_BATCH: usize = 256;
/// How long to wait for each further job while the batch is smaller than the last one, and how long in total. The clients of the last batch
/// are likely to send again: on a disk that flushes in a fraction of a millisecond, a writer that does not wait flushes after every third
/// job.
const JOB_TIMEOUT: Duration = Duration::from_millis(1);
const MAX_COLLECTING: Duration = Duration::from_millis(4);
/// After this time without a job, the write-ahead log is copied into the database's file.
const CHECKPOINT_DELAY: Duration = Duration::from_secs(2);
/// A batch that fails within this time is tried again: its connection had been lost before, and the clients still wait.
const RETRY_WINDOW: Duration = Duration::from_secs(1);

/// Runs a job's queries and stores their result. Returns false if they failed and must be rolled back, and an error if the database is
/// unavailable to all jobs.
pub(super) type Queries = Box<dyn FnMut(&mut Connection) -> Result<bool, StoreError> + Send>;

/// Called with the transaction's result.
type OnDone = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Queries that wait to be run.
pub(super) struct Job {
    pub(super) queries: Queries,
    pub(super) queued_at: Instant,
    pub(super) on_done: OnDone,
}

/// When a probe last succeeded; `None` after a batch that could not be written.
#[derive(Clone, Default)]
pub(super) struct LastProbe(Arc<Mutex<Option<Instant>>>);

impl LastProbe {
    pub(super) fn set(&self, at: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    pub(super) fn is_within(&self, validity: Duration) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|at| at.elapsed() < validity)
    }
}

/// The state of the writer thread.
pub(super) struct BatchWriter {
    database: Database,
    last_probe: LastProbe,
    session: Option<Session>,
    last_batch_size: usize,
}

impl BatchWriter {
    pub(super) fn new(database: Database, last_probe: LastProbe) -> Self {
        Self { database, last_probe, session: None, last_batch_size: 1 }
    }

    /// Runs jobs until the queue is closed.
    pub(super) fn run(mut self, queue: &Receiver<Job>) {
        let mut wal = self.database.wal_monitor();
        loop {
            let first = match queue.recv_timeout(CHECKPOINT_DELAY) {
                Ok(first) => first,
                Err(RecvTimeoutError::Timeout) => {
                    if wal.as_mut().is_some_and(WalMonitor::is_checkpoint_due)
                        && let Ok(connection) = self.connection()
                    {
                        wal::checkpoint(connection);
                    }
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let written = catch_unwind(AssertUnwindSafe(|| self.write_next(first, queue)));
            if written.is_err() {
                // The callbacks were dropped, which their callers notice. The session is in an unknown state.
                self.last_probe.set(None);
                self.session = None;
            }
        }
    }

    /// Collects a batch and writes it.
    fn write_next(&mut self, first: Job, queue: &Receiver<Job>) {
        let batch = collect(first, queue, self.last_batch_size);
        self.last_batch_size = batch.len();
        // Jobs that waited longer are dropped: the client has timed out by then.
        let (in_time, late): (Vec<_>, Vec<_>) = batch.into_iter().partition(|job| job.queued_at.elapsed() < CONNECT_TIMEOUT);
        finish(late.into_iter().map(|job| job.on_done), Some("the write waited too long for the database"));
        if !in_time.is_empty() {
            self.write_batch(in_time);
        }
    }

    /// Writes a batch. Callbacks are called after the commit, which flushes.
    fn write_batch(&mut self, batch: Vec<Job>) {
        let (mut queries, callbacks): (Vec<_>, Vec<_>) = batch.into_iter().map(|job| (job.queries, job.on_done)).unzip();
        let begun = Instant::now();
        let mut result = self.try_batch(&mut queries);
        // The server was restarted since the last batch, or accepts no more writes. A failed commit is not repeated: it may have taken
        // effect.
        if matches!(result, Err(BatchError::BeforeCommit(_))) && begun.elapsed() < RETRY_WINDOW {
            result = self.try_batch(&mut queries);
        }
        match result {
            Ok(()) => finish(callbacks, None),
            Err(BatchError::BeforeCommit(error) | BatchError::AtCommit(error)) => {
                self.last_probe.set(None);
                finish(callbacks, Some(&with_cause(&error)));
            }
        }
    }

    fn try_batch(&mut self, batch: &mut [Queries]) -> Result<(), BatchError> {
        let connection = self.connection().map_err(BatchError::BeforeCommit)?;
        // A savepoint costs as much as a query, and queries seldom fail. Only a batch with a failure is run again, with savepoints.
        let written = match transact(connection, batch, run_all) {
            Ok(false) if batch.len() > 1 => transact(connection, batch, run_each),
            written => written,
        };
        match (&written, &mut self.session) {
            (Ok(_), Some(session)) => self.database.wake_listeners(&mut session.connection),
            // The session is in an unknown state. Closing it rolls its transaction back.
            _ => self.session = None,
        }
        written.map(drop)
    }

    /// Returns the open connection, or makes one. A session from before a failure is replaced: another thread may have found out that its
    /// server accepts no more writes.
    fn connection(&mut self) -> Result<&mut Connection, StoreError> {
        self.database.check()?;
        let current = self.session.take().filter(|session| self.database.is_current(session));
        let session = self.session.insert(current.map_or_else(|| self.database.establish(), Ok)?);
        Ok(&mut session.connection)
    }
}

/// Collects the jobs that are queued, and those that follow soon, until there are `expected`.
fn collect(first: Job, queue: &Receiver<Job>, expected: usize) -> Vec<Job> {
    let begun = Instant::now();
    let mut batch = vec![first];
    loop {
        let room = MAX_BATCH - batch.len();
        batch.extend(queue.try_iter().take(room));
        if batch.len() >= expected.min(MAX_BATCH) || begun.elapsed() >= MAX_COLLECTING {
            return batch;
        }
        match queue.recv_timeout(JOB_TIMEOUT) {
            Ok(next) => batch.push(next),
            Err(_) => return batch,
        }
    }
}

fn with_cause(error: &StoreError) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

/// Why a batch could not be written, and whether it may have taken effect.
enum BatchError {
    BeforeCommit(StoreError),
    AtCommit(StoreError),
}

/// Runs a batch in one transaction. Returns false if it was rolled back.
fn transact(
    connection: &mut Connection,
    batch: &mut [Queries],
    run: impl FnOnce(&mut Connection, &mut [Queries]) -> Result<bool, StoreError>,
) -> Result<bool, BatchError> {
    let begun = connection::begin(connection, TransactionMode::Write);
    let is_ok = begun.and_then(|()| run(connection, batch)).map_err(BatchError::BeforeCommit)?;
    if is_ok {
        connection::commit(connection).map_err(BatchError::AtCommit)?;
    } else {
        connection::roll_back(connection);
    }
    Ok(is_ok)
}

/// Runs the jobs up to the first that fails. Returns false if one failed.
fn run_all(connection: &mut Connection, batch: &mut [Queries]) -> Result<bool, StoreError> {
    for queries in batch {
        if !queries(connection)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Runs each job in a savepoint, so that a failure affects one job only.
fn run_each(connection: &mut Connection, batch: &mut [Queries]) -> Result<bool, StoreError> {
    for queries in batch {
        let savepoint = connection.transaction(|connection| if queries(connection)? { Ok(()) } else { Err(Rollback::Savepoint) });
        match savepoint {
            Ok(()) | Err(Rollback::Savepoint) => {}
            Err(Rollback::Batch(error)) => return Err(error),
        }
    }
    Ok(true)
}

/// What is rolled back.
enum Rollback {
    Savepoint,
    Batch(StoreError),
}

impl<E: Into<StoreError>> From<E> for Rollback {
    fn from(error: E) -> Self {
        Self::Batch(error.into())
    }
}

/// Calls the callbacks, with an error if there is one.
fn finish(callbacks: impl IntoIterator<Item = OnDone>, error: Option<&str>) {
    for on_done in callbacks {
        // A callback that panics does not keep the others from being called.
        let call = || on_done(error.map_or(Ok(()), |error| Err(StoreError::Unavailable(error.to_owned()))));
        let _ = catch_unwind(AssertUnwindSafe(call));
    }
}
