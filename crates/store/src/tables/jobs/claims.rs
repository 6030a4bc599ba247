//! Claims: jobs that one process works on.

use ardoise_model::{CommentId, Timestamp};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::engine::tokens::random_token;
use crate::error::StoreError;
use crate::schema::jobs;
use crate::tables::jobs::{CHANGED, JobGroup, QUERY_BATCH};
use crate::tables::rows::IdColumn;

/// A job that was claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The row's number.
    pub id: i64,
    /// See [`JobGroup::subject`].
    pub subject: String,
    /// The comment that the job is about.
    pub comment: Option<CommentId>,
    /// The number of earlier attempts.
    pub attempts: u32,
}

/// Jobs that were claimed together. No other process gets them before the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The jobs, in the order in which they were enqueued. There is at least one.
    pub jobs: Vec<Job>,
    token: String,
}

/// The number, the subject, the comment and the attempts.
type Row = (i64, String, Option<IdColumn>, i64);

impl From<Row> for Job {
    fn from((id, subject, comment, attempts): Row) -> Self {
        Self { id, subject, comment: comment.map(|IdColumn(id)| id), attempts: u32::try_from(attempts).unwrap_or(u32::MAX) }
    }
}

impl Claim {
    /// Returns the most attempts that any of the jobs has had before.
    pub fn attempts(&self) -> u32 {
        self.jobs.iter().map(|job| job.attempts).max().unwrap_or_default()
    }
}

impl Store {
    /// Claims jobs of one group for `lease` milliseconds, `limit` at most. Jobs that are not due yet are claimed with those that are. Returns
    /// `None` if no job of the group is due.
    ///
    /// If a process dies with a claim, exactly its jobs are claimed together again once the lease is over, because they may have been
    /// delivered: a mail that is sent again must be the same mail. After an attempt that has failed they are not kept together: a receiver that
    /// has reported an error, or has not confirmed, has most likely not accepted them.
    pub fn claim_group(&self, queue: &str, group: &JobGroup, now: Timestamp, lease: i64, limit: u32) -> Result<Option<Claim>, StoreError> {
        self.claim(now, lease, |connection| claimable_in_group(connection, queue, group, now, limit))
    }

    /// Claims all jobs of a queue for `lease` milliseconds, `limit` at most, as [`Store::claim_group`] does. Returns `None` also while
    /// a claim on the queue has not ended, so that two processes never work on it at the same time.
    ///
    /// Jobs of a process that has died are claimed with the others.
    pub fn claim_queue(&self, queue: &str, now: Timestamp, lease: i64, limit: u32) -> Result<Option<Claim>, StoreError> {
        self.claim(now, lease, |connection| claimable_in_queue(connection, queue, now, limit))
    }

    fn claim(
        &self,
        now: Timestamp,
        lease: i64,
        claimable: impl FnOnce(&mut Connection) -> Result<Vec<Row>, StoreError>,
    ) -> Result<Option<Claim>, StoreError> {
        let token = random_token()?;
        self.write(|connection| {
            let rows = claimable(connection)?;
            for batch in rows.chunks(QUERY_BATCH) {
                let claimed = (jobs::claim.eq(&token), jobs::attempts.eq(jobs::attempts + 1), jobs::due_at.eq(now.0 + lease));
                let ids = batch.iter().map(|(id, ..)| *id);
                diesel::update(jobs::table.filter(jobs::id.eq_any(ids))).set(claimed).execute(connection)?;
            }
            Ok((!rows.is_empty()).then(|| Claim { jobs: rows.into_iter().map(Job::from).collect(), token }))
        })
    }

    /// Extends a claim to `lease` milliseconds from now. Returns false if it has no jobs any more: its lease has ended, and another process has
    /// claimed them.
    pub fn renew_claim(&self, claim: &Claim, now: Timestamp, lease: i64) -> Result<bool, StoreError> {
        let claimed = jobs::table.filter(jobs::claim.eq(&claim.token));
        self.write(|connection| Ok(diesel::update(claimed).set(jobs::due_at.eq(now.0 + lease)).execute(connection)? > 0))
    }

    /// Removes the jobs of a claim: they were accepted, or are no longer needed. Those that another process has claimed since stay.
    pub fn finish_jobs(&self, claim: &Claim) -> Result<(), StoreError> {
        let claimed = jobs::table.filter(jobs::claim.eq(&claim.token));
        self.write(|connection| Ok(diesel::delete(claimed).execute(connection).map(drop)?))
    }

    /// Removes one job of a claim.
    pub fn finish_job(&self, claim: &Claim, job: &Job) -> Result<(), StoreError> {
        let claimed = jobs::table.filter(jobs::id.eq(job.id)).filter(jobs::claim.eq(&claim.token));
        self.write(|connection| Ok(diesel::delete(claimed).execute(connection).map(drop)?))
    }

    /// Gives up a claim whose jobs were not accepted. Records the error, and when the next attempt is due.
    pub fn postpone_jobs(&self, claim: &Claim, error: &str, due: Timestamp) -> Result<(), StoreError> {
        self.give_up(claim, error, due, 0)
    }

    /// Same as [`Store::postpone_jobs`], for jobs that their receiver was not asked to accept. The attempt is not counted.
    pub fn return_jobs(&self, claim: &Claim, error: &str, due: Timestamp) -> Result<(), StoreError> {
        self.give_up(claim, error, due, 1)
    }

    fn give_up(&self, claim: &Claim, error: &str, due: Timestamp, uncounted: i64) -> Result<(), StoreError> {
        let claimed = jobs::table.filter(jobs::claim.eq(&claim.token));
        let set =
            (jobs::claim.eq(None::<String>), jobs::error.eq(error), jobs::due_at.eq(due.0), jobs::attempts.eq(jobs::attempts - uncounted));
        self.write(|connection| {
            remove_repeated(connection, claim)?;
            Ok(diesel::update(claimed).set(set).execute(connection).map(drop)?)
        })
    }
}

fn claimable_in_group(
    connection: &mut Connection,
    queue: &str,
    group: &JobGroup,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Row>, StoreError> {
    let of_group = || {
        let jobs = jobs::table.filter(jobs::queue.eq(queue)).filter(jobs::kind.eq(&group.kind));
        jobs.filter(jobs::subject.eq(&group.subject)).into_boxed()
    };
    let first = of_group().filter(jobs::due_at.le(now.0)).order((jobs::due_at, jobs::id)).select(jobs::claim);
    let claimable = match first.first::<Option<String>>(connection).optional()? {
        None => return Ok(vec![]),
        // The lease has ended: its process died.
        Some(Some(ended)) => of_group().filter(jobs::claim.eq(ended)),
        Some(None) => of_group().filter(jobs::claim.is_null()).limit(limit.into()),
    };
    Ok(claimable.order(jobs::id).select((jobs::id, jobs::subject, jobs::comment_id, jobs::attempts)).load(connection)?)
}

fn claimable_in_queue(connection: &mut Connection, queue: &str, now: Timestamp, limit: u32) -> Result<Vec<Row>, StoreError> {
    let of_queue = || jobs::table.filter(jobs::queue.eq(queue));
    let live = of_queue().filter(jobs::claim.is_not_null()).filter(jobs::due_at.gt(now.0)).select(jobs::id);
    let due = of_queue().filter(jobs::due_at.le(now.0)).select(jobs::id);
    if live.first::<i64>(connection).optional()?.is_some() || due.first::<i64>(connection).optional()?.is_none() {
        return Ok(vec![]);
    }
    let columns = (jobs::id, jobs::subject, jobs::comment_id, jobs::attempts);
    Ok(of_queue().order(jobs::id).limit(limit.into()).select(columns).load(connection)?)
}

/// Removes those jobs of a claim for changed articles that have an unclaimed job: otherwise each failure would leave one more. The change after
/// them ends the back-off.
fn remove_repeated(connection: &mut Connection, claim: &Claim) -> Result<(), StoreError> {
    for batch in claim.jobs.chunks(QUERY_BATCH) {
        let subjects = batch.iter().map(|job| &job.subject);
        let waiting = jobs::table.filter(jobs::kind.eq(CHANGED)).filter(jobs::claim.is_null()).filter(jobs::subject.eq_any(subjects));
        let waiting = waiting.select((jobs::queue, jobs::subject)).load::<(String, String)>(connection)?;
        for (queue, subject) in waiting {
            let repeated = jobs::table.filter(jobs::claim.eq(&claim.token)).filter(jobs::queue.eq(queue)).filter(jobs::kind.eq(CHANGED));
            diesel::delete(repeated.filter(jobs::subject.eq(subject))).execute(connection)?;
        }
    }
    Ok(())
}
