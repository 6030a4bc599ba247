//! Whether the machine's clock can be trusted. It may be wrong by years for a while after the machine has started, and what is deleted then
//! would be missing once the clock is right again.

use std::sync::atomic::Ordering;

use ardoise_model::Timestamp;
use diesel::dsl::max;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::schema::{clock, comments, decisions};

/// How far the clock may be ahead of the last confirmed time.
const MAX_AHEAD_MILLIS: i64 = Timestamp::DAY;
/// How far the clock may be behind the last confirmed time, or behind the time of a row: clocks are set back by small amounts.
pub(crate) const MAX_BEHIND_MILLIS: i64 = 5 * Timestamp::MINUTE;

impl Store {
    /// Whether the clock is trusted: `now` is near the last confirmed time. Only then is expired data deleted. A process that runs seldom,
    /// or whose clock has jumped, has to call [`Store::confirm_clock`] first.
    pub fn trusts_clock(&self, now: Timestamp) -> Result<bool, StoreError> {
        Ok(is_plausible(self.read_one(confirmed_time)?, now))
    }

    /// Returns the time with which to date a new row: `now`, or the last confirmed time if `now` is earlier. A machine without a battery
    /// starts in 1970.
    pub(crate) fn row_time(&self, now: Timestamp) -> Timestamp {
        Timestamp(now.0.max(self.confirmed_time.load(Ordering::Relaxed)))
    }
}

/// Whether `now` is near the last confirmed time. Any time is plausible for an empty database, which has nothing to lose.
pub(crate) fn is_plausible(confirmed: Option<i64>, now: Timestamp) -> bool {
    confirmed.is_none_or(|confirmed| (confirmed - MAX_BEHIND_MILLIS..confirmed + MAX_AHEAD_MILLIS).contains(&now.0))
}

/// Returns the last confirmed time. Before the first confirmation, it is the time of the newest comment or decision.
pub(crate) fn confirmed_time(connection: &mut Connection) -> Result<Option<i64>, StoreError> {
    let confirmed: i64 = clock::table.find(1).select(clock::known_at).get_result(connection)?;
    if confirmed > 0 {
        return Ok(Some(confirmed));
    }
    let comment: Option<i64> = comments::table.select(max(comments::created_at)).get_result(connection)?;
    let decision: Option<i64> = decisions::table.select(max(decisions::decided_at)).get_result(connection)?;
    Ok(comment.max(decision))
}

pub(crate) fn set_confirmed_time(connection: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(clock::table.find(1)).set(clock::known_at.eq(now.0)).execute(connection)?;
    Ok(())
}
