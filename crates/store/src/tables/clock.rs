//! Whether the clock is to be believed. It may be wrong for a while after a machine has started, by years; what is forgotten then is
//! gone when it is right again.

use std::sync::atomic::Ordering;

use ardoise_model::{Status, Timestamp};
use diesel::dsl::max;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::schema::{clock, comments, decisions, messages};
use crate::tables::work;
use crate::{Store, StoreError};

/// The clock is believed for so long after the last moment at which it was.
const BELIEVED: i64 = Timestamp::DAY;
/// The clock may be set back so far.
const SLACK: i64 = 5 * Timestamp::MINUTE;
/// That the clock is believed is written down so often.
const NOTED: i64 = Timestamp::HOUR;
/// No message waits for so long.
const LONGEST_WAIT: i64 = 60 * Timestamp::DAY;
/// Every status: with one of them, and a moment, comments are found by their index.
const ALL: [Status; 5] = [Status::Pending, Status::Approved, Status::Rejected, Status::Spam, Status::Deleted];

impl Store {
    /// Whether it is about as late as the last moment at which the clock was believed: then what has had its time is forgotten. A process that
    /// only runs now and then, or a clock that jumped, has to call [`Store::believe`] first.
    pub fn believes(&self, now: Timestamp) -> Result<bool, StoreError> {
        Ok(is_about(self.ask(known)?, now))
    }

    /// To be called now and then by a process that sees the clock run evenly; `steady`: it has for so long that the clock is right.
    ///
    /// What was written while it was wrong, and is dated in the future, is dated now.
    pub fn believe(&self, now: Timestamp, steady: bool) -> Result<(), StoreError> {
        let mut known_at = self.ask(known)?;
        let is_new = known_at.is_none_or(|known_at| !(0..NOTED).contains(&(now.0 - known_at)));
        if is_new && (steady || is_about(known_at, now)) {
            self.write(|connection| {
                diesel::update(clock::table.find(1)).set(clock::known_at.eq(now.0)).execute(connection)?;
                date_anew(connection, now)
            })?;
            known_at = Some(now.0);
        }
        self.earliest.store(known_at.unwrap_or_default(), Ordering::Relaxed);
        Ok(())
    }

    /// The moment to date something with: no earlier than one that has been. A machine without a battery starts in 1970.
    pub(crate) fn date(&self, now: Timestamp) -> Timestamp {
        Timestamp(now.0.max(self.earliest.load(Ordering::Relaxed)))
    }
}

/// A database that holds nothing has nothing to lose.
fn is_about(known_at: Option<i64>, now: Timestamp) -> bool {
    known_at.is_none_or(|known_at| (known_at - SLACK..known_at + BELIEVED).contains(&now.0))
}

/// The newest moment at which the clock was believed. Before that was written down for the first time, the newest comment or decision.
fn known(connection: &mut Connection) -> Result<Option<i64>, StoreError> {
    let known_at: i64 = clock::table.find(1).select(clock::known_at).get_result(connection)?;
    if known_at > 0 {
        return Ok(Some(known_at));
    }
    let comment: Option<i64> = comments::table.select(max(comments::created_at)).get_result(connection)?;
    let decision: Option<i64> = decisions::table.select(max(decisions::decided_at)).get_result(connection)?;
    Ok(comment.max(decision))
}

/// Comments and messages from a future that will not come for long.
fn date_anew(connection: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    let late = || comments::status.eq_any(ALL.map(Status::as_str)).and(comments::created_at.gt(now.0 + SLACK));
    let articles = comments::table.filter(late()).select(comments::article_id).distinct().load::<i64>(connection)?;
    if !articles.is_empty() {
        diesel::update(comments::table.filter(late())).set(comments::created_at.eq(now.0)).execute(connection)?;
        articles.into_iter().try_for_each(|article| work::add(connection, article))?;
    }
    let late = messages::table.filter(messages::due_at.gt(now.0 + LONGEST_WAIT));
    diesel::update(late).set(messages::due_at.eq(now.0)).execute(connection)?;
    Ok(())
}
