//! Jobs for receivers outside: mail, requests to webhooks, and the owner's command. A row stays until its receiver has accepted it.

pub(crate) mod claims;

use std::collections::HashSet;

use ardoise_model::{CommentId, Timestamp};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::consumers::Recipient;
use crate::engine::store::Store;
use crate::engine::wakeup;
use crate::error::StoreError;
use crate::schema::jobs;

/// The kind of a job that follows a change of an article's files.
const CHANGED: &str = "changed";
/// The number of jobs that one query names.
const QUERY_BATCH: usize = 200;

/// The jobs of a queue that are delivered together: those of one kind with one subject.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JobGroup {
    /// `pending`, `approved`, `confirm`, `reply`, `sign_in` or `changed`.
    pub kind: String,
    /// The recipient of a mail, or the path of a changed article. Empty for webhooks, and for a change of files that belong to no article.
    pub subject: String,
}

/// The jobs that were not accepted yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backlog {
    /// The number of jobs.
    pub jobs: u64,
    /// The error of the failed job whose next attempt is the latest, if any job has failed.
    pub error: Option<String>,
}

impl Store {
    /// Returns the groups of jobs in a queue that are due, `limit` at most.
    pub fn due_jobs(&self, queue: &str, now: Timestamp, limit: u32) -> Result<Vec<JobGroup>, StoreError> {
        let due = jobs::table.filter(jobs::queue.eq(queue)).filter(jobs::due_at.le(now.0));
        let groups = self.read_one(|connection| {
            let groups = due.select((jobs::kind, jobs::subject)).distinct().limit(limit.into());
            Ok(groups.load::<(String, String)>(connection)?)
        })?;
        Ok(groups.into_iter().map(|(kind, subject)| JobGroup { kind, subject }).collect())
    }

    /// Returns when the next job in a queue is due, which may be long ago.
    pub fn next_due(&self, queue: &str) -> Result<Option<Timestamp>, StoreError> {
        let next = jobs::table.filter(jobs::queue.eq(queue)).select(diesel::dsl::min(jobs::due_at));
        Ok(self.read_one(|connection| Ok(next.get_result::<Option<i64>>(connection)?))?.map(Timestamp))
    }

    /// Returns the time of the newest change among the unclaimed jobs of a queue. `None`: there is no unclaimed job.
    pub fn newest_job(&self, queue: &str) -> Result<Option<Timestamp>, StoreError> {
        let waiting = jobs::table.filter(jobs::queue.eq(queue)).filter(jobs::claim.is_null());
        let newest = waiting.select(diesel::dsl::max(jobs::created_at));
        Ok(self.read_one(|connection| Ok(newest.get_result::<Option<i64>>(connection)?))?.map(Timestamp))
    }

    /// Makes all failed jobs of a queue due now: the cause may have been removed before this start.
    pub fn retry_failed(&self, queue: &str, now: Timestamp) -> Result<(), StoreError> {
        let waiting = jobs::table.filter(jobs::queue.eq(queue)).filter(jobs::error.is_not_null()).filter(jobs::due_at.gt(now.0));
        let waiting = waiting.filter(jobs::claim.is_null());
        if self.read_one(|connection| Ok(waiting.select(jobs::id).first::<i64>(connection).optional()?))?.is_none() {
            return Ok(());
        }
        self.write(|connection| Ok(diesel::update(waiting).set(jobs::due_at.eq(now.0)).execute(connection).map(drop)?))
    }

    /// Makes all unclaimed jobs of a queue due now, and shortens claims that would last longer than `lease` from now. For queues whose jobs are
    /// never delayed on purpose: what failed may succeed now, and a clock that was ahead may have written times far in the future.
    pub fn make_due(&self, queue: &str, now: Timestamp, lease: i64) -> Result<(), StoreError> {
        let of_queue = || jobs::table.filter(jobs::queue.eq(queue));
        self.write(|connection| {
            let waiting = of_queue().filter(jobs::claim.is_null()).filter(jobs::due_at.gt(now.0));
            diesel::update(waiting).set(jobs::due_at.eq(now.0)).execute(connection)?;
            let claimed = of_queue().filter(jobs::claim.is_not_null()).filter(jobs::due_at.gt(now.0 + lease));
            Ok(diesel::update(claimed).set(jobs::due_at.eq(now.0 + lease)).execute(connection).map(drop)?)
        })
    }

    /// Removes the jobs of all queues but these: the settings no longer name the others. Jobs with a claim stay until its lease has ended,
    /// because another process works on them. Returns the number of jobs.
    pub fn remove_other_queues(&self, queues: &[String], now: Timestamp) -> Result<usize, StoreError> {
        let unknown = || jobs::table.filter(jobs::queue.ne_all(queues)).filter(jobs::claim.is_null().or(jobs::due_at.le(now.0)));
        if self.read_one(|connection| Ok(unknown().select(jobs::id).first::<i64>(connection).optional()?))?.is_none() {
            return Ok(0);
        }
        self.write(|connection| Ok(diesel::delete(unknown()).execute(connection)?))
    }

    /// Returns the jobs that were not accepted yet, of one queue or of all queues but that.
    pub fn backlog(&self, queue: QueueFilter<'_>) -> Result<Backlog, StoreError> {
        let of_queues = || {
            let jobs = jobs::table.into_boxed();
            match queue {
                QueueFilter::Only(queue) => jobs.filter(jobs::queue.eq(queue)),
                QueueFilter::AllBut(queue) => jobs.filter(jobs::queue.ne(queue)),
            }
        };
        self.read(|connection| {
            let last = of_queues().filter(jobs::error.is_not_null()).order((jobs::due_at.desc(), jobs::id.desc()));
            Ok(Backlog {
                jobs: of_queues().count().get_result::<i64>(connection)?.unsigned_abs(),
                error: last.select(jobs::error).first::<Option<String>>(connection).optional()?.flatten(),
            })
        })
    }

    /// Enqueues a job that is not about a comment, such as a moderator's sign-in mail, unless the recipient has one of that kind, claimed or
    /// not.
    pub fn enqueue(&self, recipient: &Recipient, kind: &str, now: Timestamp) -> Result<(), StoreError> {
        self.write(|connection| {
            if exists(connection, recipient, kind)? {
                return Ok(());
            }
            add(connection, &NewJob { recipient, kind, comment: None, created_at: now, due_at: now })
        })
    }
}

/// Selects queues for [`Store::backlog`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueFilter<'a> {
    /// This queue.
    Only(&'a str),
    /// Every queue but this.
    AllBut(&'a str),
}

/// A job to be added.
pub(crate) struct NewJob<'a> {
    pub(crate) recipient: &'a Recipient,
    pub(crate) kind: &'a str,
    pub(crate) comment: Option<&'a CommentId>,
    pub(crate) created_at: Timestamp,
    pub(crate) due_at: Timestamp,
}

/// Adds a job, and notifies the listeners.
pub(crate) fn add(connection: &mut Connection, job: &NewJob<'_>) -> Result<(), StoreError> {
    let row = (
        jobs::queue.eq(&job.recipient.queue),
        jobs::kind.eq(job.kind),
        jobs::subject.eq(&job.recipient.subject),
        jobs::comment_id.eq(job.comment.map(CommentId::as_str)),
        jobs::created_at.eq(job.created_at.0),
        jobs::due_at.eq(job.due_at.0),
    );
    diesel::insert_into(jobs::table).values(row).execute(connection)?;
    wakeup::notify(connection)
}

/// Adds a job for each subject, and notifies the listeners. A subject with an unclaimed job gets no second one, but that job is due now; a
/// claimed job does not count, because it may have been worked on before the change. The empty subject is left out beside any other job, which
/// covers it.
pub(crate) fn add_changes(connection: &mut Connection, queue: &str, subjects: &[String], now: Timestamp) -> Result<(), StoreError> {
    let waiting = || jobs::table.filter(jobs::queue.eq(queue)).filter(jobs::kind.eq(CHANGED)).filter(jobs::claim.is_null());
    if subjects.is_empty() {
        return Ok(());
    }
    let named = subjects.iter().filter(|subject| !subject.is_empty()).collect::<Vec<_>>();
    // The time of the newest change tells when a burst has ended.
    let changed_now = (jobs::created_at.eq(now.0), jobs::due_at.eq(now.0));
    if named.is_empty() {
        // One is enough: a claim takes all jobs of the queue, due or not.
        let Some(covering) = waiting().select(jobs::id).first::<i64>(connection).optional()? else {
            return add_change(connection, queue, "", now);
        };
        diesel::update(jobs::table.find(covering)).set(changed_now).execute(connection)?;
        return wakeup::notify(connection);
    }
    diesel::delete(waiting().filter(jobs::subject.eq(""))).execute(connection)?;
    for batch in named.chunks(QUERY_BATCH) {
        let of_batch = || waiting().filter(jobs::subject.eq_any(batch.iter().copied()));
        let known = of_batch().select(jobs::subject).load::<String>(connection)?.into_iter().collect::<HashSet<_>>();
        diesel::update(of_batch()).set(changed_now).execute(connection)?;
        for subject in batch.iter().filter(|subject| !known.contains(**subject)) {
            add_change(connection, queue, subject, now)?;
        }
    }
    wakeup::notify(connection)
}

fn add_change(connection: &mut Connection, queue: &str, subject: &str, now: Timestamp) -> Result<(), StoreError> {
    let recipient = Recipient { queue: queue.to_owned(), subject: subject.to_owned() };
    add(connection, &NewJob { recipient: &recipient, kind: CHANGED, comment: None, created_at: now, due_at: now })
}

/// Whether there is a job of this kind for this recipient, claimed or not.
pub(crate) fn exists(connection: &mut Connection, recipient: &Recipient, kind: &str) -> Result<bool, StoreError> {
    let waiting = jobs::table.filter(jobs::queue.eq(&recipient.queue)).filter(jobs::kind.eq(kind));
    let waiting = waiting.filter(jobs::subject.eq(&recipient.subject)).select(jobs::id);
    Ok(waiting.first::<i64>(connection).optional()?.is_some())
}
