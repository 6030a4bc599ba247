//! Group commit: jobs that wait at the same time share one transaction, and so one flush.
//!
//! A flush takes the disk some milliseconds, whatever it flushes. With a flush for each job, the disk would bound how many comments can be
//! stored in a second, and every reader would wait for all earlier ones.

mod batch;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::connection::Connection;
use crate::engine::database::Database;
use crate::engine::join_on_drop::JoinOnDrop;
use crate::engine::writer::batch::{BatchWriter, Job, LastProbe, Queries};
use crate::error::StoreError;

/// The length of the queue. Further jobs are refused at once rather than kept until their clients time out.
const MAX_QUEUED: usize = 1024;
/// How long a successful probe is valid. Each probe is a flushed write, and anybody may request the service's health.
const PROBE_VALIDITY: Duration = Duration::from_secs(5);

/// A handle to the writer thread, which ends with the last handle.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: SyncSender<Job>,
    last_probe: LastProbe,
    /// Declared after the queue, because the thread ends when the queue is closed, and dropping this waits for it.
    thread: Arc<JoinOnDrop>,
}

impl Writer {
    /// Starts the writer thread.
    pub(crate) fn start(database: Database) -> Self {
        let (queue, jobs) = sync_channel(MAX_QUEUED);
        let last_probe = LastProbe::default();
        let batches = BatchWriter::new(database, last_probe.clone());
        let thread = thread::spawn(move || batches.run(&jobs));
        Self { queue, last_probe, thread: Arc::new(JoinOnDrop::new(thread)) }
    }

    /// Runs `queries` in a transaction. Returns when their effect is on disk, or will certainly never be.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        queries: impl FnMut(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, result) = sync_channel(1);
        self.write_then(queries, move |written| drop(sender.send(written)));
        result.recv().map_err(|_| ended())?
    }

    /// Runs `queries` in a transaction, and returns at once. Calls `on_done` when their effect is on disk, or will certainly never be. The
    /// call is made by the writer thread, which does nothing else meanwhile. If that thread ends, `on_done` is dropped.
    ///
    /// `queries` may run twice.
    pub(crate) fn write_then<T: Send + 'static>(
        &self,
        queries: impl FnMut(&mut Connection) -> Result<T, StoreError> + Send + 'static,
        on_done: impl FnOnce(Result<T, StoreError>) + Send + 'static,
    ) {
        let result = Arc::new(Mutex::new(None));
        let queries = storing_result(result.clone(), queries);
        let on_done = Box::new(move |committed: Result<(), StoreError>| {
            let result = || result.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or_else(ended)?;
            on_done(committed.and_then(|()| result()));
        });
        match self.queue.try_send(Job { queries, queued_at: Instant::now(), on_done }) {
            Ok(()) => {}
            Err(TrySendError::Full(job)) => {
                (job.on_done)(Err(StoreError::Unavailable(format!("{MAX_QUEUED} writes are queued already"))));
            }
            Err(TrySendError::Disconnected(job)) => (job.on_done)(Err(ended())),
        }
    }

    /// Whether the writer thread has ended, so that nothing can be stored any more.
    pub(crate) fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }

    /// Writes something to find out whether writing works, unless a probe succeeded a moment ago and nothing has failed since.
    pub(crate) fn probe(&self, queries: fn(&mut Connection) -> Result<(), StoreError>) -> Result<(), StoreError> {
        if self.last_probe.is_within(PROBE_VALIDITY) {
            return Ok(());
        }
        self.write(queries)?;
        self.last_probe.set(Some(Instant::now()));
        Ok(())
    }
}

fn ended() -> StoreError {
    StoreError::Unavailable("the writer thread has ended".to_owned())
}

/// Wraps queries so that their result is stored in `result`.
fn storing_result<T: Send + 'static>(
    result: Arc<Mutex<Option<Result<T, StoreError>>>>,
    mut queries: impl FnMut(&mut Connection) -> Result<T, StoreError> + Send + 'static,
) -> Queries {
    Box::new(move |connection| {
        // A panic, most likely in the rules, fails this job alone: the writer thread serves all.
        let outcome = match catch_unwind(AssertUnwindSafe(|| queries(connection))).unwrap_or(Err(StoreError::Panicked)) {
            Err(StoreError::Unavailable(cause)) => return Err(StoreError::Unavailable(cause)),
            outcome => outcome,
        };
        let is_ok = outcome.is_ok();
        *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        Ok(is_ok)
    })
}
