//! Waking listeners: PostgreSQL's notification, and the queries that tell whether there is something new.
//!
//! Listeners wait for rows of work (`generation_work`) and for jobs (`jobs`).

use diesel::connection::SimpleConnection;
use diesel::dsl::{exists, max};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::error::StoreError;
use crate::schema::{generation_work, jobs};

/// The PostgreSQL channel on which new work is announced.
pub(crate) const NOTIFY_CHANNEL: &str = "ardoise_work";

/// Notifies listeners on PostgreSQL when this transaction is committed. On SQLite, the database's file is touched after the commit.
pub(crate) fn notify(connection: &mut Connection) -> Result<(), StoreError> {
    if !connection.is_sqlite() {
        connection.batch_execute(&format!("NOTIFY {NOTIFY_CHANNEL}"))?;
    }
    Ok(())
}

/// Whether there is a row of work.
pub(crate) fn has_work(connection: &mut Connection) -> Result<bool, StoreError> {
    Ok(diesel::select(exists(generation_work::table.select(generation_work::id))).get_result(connection)?)
}

/// Whether a job may have been added since the listeners were last woken: whether the newest one was never attempted. A guess, because a job that
/// is delayed on purpose was not attempted either. A listener that is woken in vain only looks at its queue.
pub(crate) fn has_new_job(connection: &mut Connection) -> Result<bool, StoreError> {
    let (job, newest) = diesel::alias!(jobs as job, jobs as newest);
    let newest = newest.select(max(newest.field(jobs::id))).single_value();
    let is_new = job.filter(job.field(jobs::id).nullable().eq(newest)).filter(job.field(jobs::attempts).eq(0));
    Ok(diesel::select(exists(is_new)).get_result(connection)?)
}

/// The newest row of work and the newest job, by number; 0 where there is none. Only to see that something was added: transactions that write
/// exclude each other, so that numbers are committed in their order, and who is not woken polls.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct NewestRows {
    work: i64,
    job: i64,
}

impl NewestRows {
    pub(crate) fn read(connection: &mut Connection) -> Result<Self, StoreError> {
        let work = generation_work::table.select(generation_work::id).order(generation_work::id.desc()).first::<i64>(connection);
        let work = work.optional()?.unwrap_or_default();
        let job = jobs::table.select(jobs::id).order(jobs::id.desc()).first::<i64>(connection);
        Ok(Self { work, job: job.optional()?.unwrap_or_default() })
    }
}
