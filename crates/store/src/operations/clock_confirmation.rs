use std::sync::atomic::Ordering;

use ardoise_model::{Status, Timestamp};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::schema::{comments, jobs};
use crate::tables::clock::{self, MAX_BEHIND_MILLIS};
use crate::tables::work;

/// The minimum time between two writes of the confirmed time.
const WRITE_INTERVAL_MILLIS: i64 = Timestamp::HOUR;
/// The longest delay of a job.
const MAX_JOB_DELAY_MILLIS: i64 = 60 * Timestamp::DAY;
/// Every status, so that the index on status and time can be used.
const ALL_STATUSES: [Status; 5] = [Status::Pending, Status::Approved, Status::Rejected, Status::Spam, Status::Deleted];

impl Store {
    /// Confirms that the clock is right, if `now` is near the last confirmed time or `steady` is true. To be called from time to time by a
    /// process that sees the clock run evenly; `steady` says that it has run so for long enough to be trusted.
    ///
    /// Rows that were written while the clock was wrong, and are dated in the future, are dated anew.
    pub fn confirm_clock(&self, now: Timestamp, steady: bool) -> Result<(), StoreError> {
        let mut confirmed = self.read_one(clock::confirmed_time)?;
        let is_outdated = confirmed.is_none_or(|confirmed| !(0..WRITE_INTERVAL_MILLIS).contains(&(now.0 - confirmed)));
        if is_outdated && (steady || clock::is_plausible(confirmed, now)) {
            self.write(|connection| {
                clock::set_confirmed_time(connection, now)?;
                correct_future_dates(connection, now)
            })?;
            confirmed = Some(now.0);
        }
        self.confirmed_time.store(confirmed.unwrap_or_default(), Ordering::Relaxed);
        Ok(())
    }
}

/// Gives comments and jobs from the future the current time.
fn correct_future_dates(connection: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    let from_future = || comments::status.eq_any(ALL_STATUSES.map(Status::as_str)).and(comments::created_at.gt(now.0 + MAX_BEHIND_MILLIS));
    let articles = comments::table.filter(from_future()).select(comments::article_id).distinct().load::<i64>(connection)?;
    if !articles.is_empty() {
        diesel::update(comments::table.filter(from_future())).set(comments::created_at.eq(now.0)).execute(connection)?;
        articles.into_iter().try_for_each(|article| work::add(connection, article))?;
    }
    let delayed = jobs::table.filter(jobs::due_at.gt(now.0 + MAX_JOB_DELAY_MILLIS));
    diesel::update(delayed).set(jobs::due_at.eq(now.0)).execute(connection)?;
    Ok(())
}
