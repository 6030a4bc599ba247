//! Group commit: submissions that wait are written in one transaction, so that all of them share one flush.
//!
//! A flush costs the disk some milliseconds, whatever it flushes. With one each, the disk's flushes bound how many comments a
//! second can be taken in, and every reader waits behind all who came before him.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use ardoise_model::{Status, Submission, Timestamp};
use diesel::Connection as _;

use crate::connection::{Connection, establish};
use crate::file::DatabaseFile;
use crate::{Receipt, StoreError, comments};

/// As many may wait. Whoever comes on top of that is told to come back, rather than kept until he has given up.
const MOST_WAITING: usize = 1024;
/// As many share a transaction: enough to make the flush cheap, few enough that the first does not wait long for the last.
const MOST_TOGETHER: usize = 256;
/// Who has waited longer is not written any more: his answer would come after he has given up.
const PATIENCE: Duration = Duration::from_secs(4);

/// The way to the thread that writes. The thread ends when the last handle is gone.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: SyncSender<Waiting>,
    /// Whether the last group could not be written.
    failed: Arc<AtomicBool>,
}

struct Waiting {
    submission: Submission,
    status: Status,
    now: Timestamp,
    since: Instant,
    answer: SyncSender<Result<Receipt, StoreError>>,
}

impl Writer {
    pub(crate) fn start(file: DatabaseFile) -> Self {
        let (queue, waiting) = sync_channel(MOST_WAITING);
        let failed = Arc::<AtomicBool>::default();
        thread::spawn({
            let failed = failed.clone();
            move || write_all(&file, &failed, &waiting)
        });
        Self { queue, failed }
    }

    /// Whether the last attempt to write failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// Somebody else has written since.
    pub(crate) fn forgive(&self) {
        self.failed.store(false, Ordering::Relaxed);
    }

    /// Returns when the submission is on disk, or certainly is not and never will be.
    pub(crate) fn submit(&self, submission: Submission, status: Status, now: Timestamp) -> Result<Receipt, StoreError> {
        let (answer, answered) = sync_channel(1);
        let waiting = Waiting { submission, status, now, since: Instant::now(), answer };
        self.queue.try_send(waiting).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Unavailable(format!("{MOST_WAITING} submissions wait already")),
            TrySendError::Disconnected(_) => StoreError::Unavailable("the thread that writes has ended".to_owned()),
        })?;
        answered.recv().map_err(|_| StoreError::Unavailable("the thread that writes has ended".to_owned()))?
    }
}

fn write_all(file: &DatabaseFile, failed: &AtomicBool, queue: &Receiver<Waiting>) {
    let mut connection = None;
    while let Ok(first) = queue.recv() {
        let mut group = vec![first];
        group.extend(queue.try_iter().take(MOST_TOGETHER - 1));
        group.retain(still_waits);
        if !group.is_empty() {
            failed.store(!write_group(file, &mut connection, group), Ordering::Relaxed);
        }
    }
}

fn still_waits(waiting: &Waiting) -> bool {
    let waits = waiting.since.elapsed() < PATIENCE;
    if !waits {
        waiting.reply(Err(StoreError::Unavailable("it waited too long for the database".to_owned())));
    }
    waits
}

/// Nobody is answered before the commit, which flushes. Says whether it was written.
fn write_group(file: &DatabaseFile, connection: &mut Option<Connection>, group: Vec<Waiting>) -> bool {
    match open(file, connection).and_then(|connection| insert_group(connection, &group)) {
        Ok(receipts) => {
            let written = !receipts.iter().any(|receipt| matches!(receipt, Err(StoreError::Unavailable(_))));
            group.into_iter().zip(receipts).for_each(|(waiting, receipt)| waiting.reply(receipt));
            written
        }
        Err(error) => {
            // A connection that has failed to commit is in a state that nobody knows.
            *connection = None;
            let cause = error.to_string();
            for waiting in group {
                waiting.reply(Err(StoreError::Unavailable(cause.clone())));
            }
            false
        }
    }
}

fn insert_group(connection: &mut Connection, group: &[Waiting]) -> Result<Vec<Result<Receipt, StoreError>>, StoreError> {
    connection.immediate_transaction(|connection| {
        // Each in a savepoint: one that fails takes no other along.
        let insert = |waiting: &Waiting| {
            connection.transaction(|connection| comments::insert(connection, &waiting.submission, waiting.status, waiting.now))
        };
        Ok(group.iter().map(insert).collect())
    })
}

fn open<'a>(file: &DatabaseFile, connection: &'a mut Option<Connection>) -> Result<&'a mut Connection, StoreError> {
    file.check()?;
    match connection {
        Some(connection) => Ok(connection),
        None => Ok(connection.insert(establish(&file.address())?)),
    }
}

impl Waiting {
    fn reply(&self, answer: Result<Receipt, StoreError>) {
        // Whoever asked has gone: nobody is left to tell.
        let _ = self.answer.send(answer);
    }
}
