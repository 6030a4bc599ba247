//! Claims: jobs that one process works on.

use ardoise_model::{CommentId, Timestamp};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::engine::tokens::random_token;
use crate::error::StoreError;
use crate::schema::jobs;
use crate::tables::jobs::{JobGroup, QUERY_BATCH};
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
    /// Claims jobs in a queue for `lease` milliseconds, `limit` at most: those of one group, or of all groups if `group` is `None`. Jobs that
    /// are not due yet are claimed with those that are. Returns `None` if no job is due.
    ///
    /// If a process dies with a claim, exactly its jobs are claimed together again once the lease is over, because they may have been
    /// delivered.
    pub fn claim_jobs(
        &self,
        queue: &str,
        group: Option<&JobGroup>,
        now: Timestamp,
        lease: i64,
        limit: u32,
    ) -> Result<Option<Claim>, StoreError> {
        let token = random_token()?;
        self.write(|connection| {
            let rows = claimable(connection, queue, group, now, limit)?;
            for batch in rows.chunks(QUERY_BATCH) {
                let claimed = (
                    jobs::claim.eq(&token),
                    jobs::attempts.eq(jobs::attempts + 1),
                    jobs::error.eq(None::<String>),
                    jobs::due_at.eq(now.0 + lease),
                );
                let ids = batch.iter().map(|(id, ..)| *id);
                diesel::update(jobs::table.filter(jobs::id.eq_any(ids))).set(claimed).execute(connection)?;
            }
            Ok((!rows.is_empty()).then(|| Claim { jobs: rows.into_iter().map(Job::from).collect(), token }))
        })
    }

    /// Extends a claim to `lease` milliseconds from now. Returns false if its lease has ended and another process has the jobs.
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
        let claimed = jobs::table.filter(jobs::claim.eq(&claim.token));
        let set = (jobs::claim.eq(None::<String>), jobs::error.eq(error), jobs::due_at.eq(due.0));
        self.write(|connection| Ok(diesel::update(claimed).set(set).execute(connection).map(drop)?))
    }
}

/// Returns the jobs that [`Store::claim_jobs`] claims.
fn claimable(
    connection: &mut Connection,
    queue: &str,
    group: Option<&JobGroup>,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Row>, StoreError> {
    let of_group = || {
        let jobs = jobs::table.filter(jobs::queue.eq(queue)).into_boxed();
        match group {
            None => jobs,
            Some(JobGroup { kind, subject }) => jobs.filter(jobs::kind.eq(kind)).filter(jobs::subject.eq(subject)),
        }
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
