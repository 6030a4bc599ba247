//! What the moderators' decisions teach.

use ardoise_model::{Status, Timestamp, Via};
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::schema::{comments, decisions};
use crate::{Store, StoreError};

/// So many milliseconds after a comment was let through, nobody seems to mind it.
const SETTLED: i64 = 7 * Timestamp::DAY;

/// A comment that was decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingSample {
    /// The comment's id.
    pub id: String,
    /// Its author's name.
    pub author: String,
    /// His site.
    pub site: Option<String>,
    /// What he wrote.
    pub text: String,
    /// What it teaches: spam, or something to publish.
    pub is_spam: bool,
}

/// Whether a person has once decided so.
#[diesel::dsl::auto_type]
fn decided_as(status: Status) -> _ {
    let status: &'static str = status.as_str();
    let author: &'static str = Via::Author.as_str();
    decisions::table.filter(decisions::comment_id.eq(comments::id)).filter(decisions::status.eq(status)).filter(decisions::via.ne(author))
}

impl Store {
    /// The newest comments that readers see, and the newest that a person has called spam; so many of each at most. What was rejected
    /// is neither: somebody was rude, or off the subject. What a check called spam teaches nothing: it would learn from itself. And what
    /// was let through teaches something once nobody has objected for a week.
    pub fn training_samples(&self, most: i64, now: Timestamp) -> Result<Vec<TrainingSample>, StoreError> {
        self.read(|connection| {
            let taught = (comments::id, comments::author, comments::site, comments::text);
            let written = comments::table.filter(comments::text.ne(""));
            let newest = (comments::created_at.desc(), comments::id);
            let good = written
                .filter(comments::status.eq(Status::Approved.as_str()))
                .filter(comments::by_owner.eq(false))
                .filter(exists(decided_as(Status::Approved)).or(comments::created_at.lt(now.0 - SETTLED)))
                .order(newest)
                .limit(most)
                .select(taught)
                .load::<(String, String, Option<String>, String)>(connection)?;
            let bad = written
                .filter(comments::status.eq(Status::Spam.as_str()))
                .filter(exists(decided_as(Status::Spam)))
                .order(newest)
                .limit(most)
                .select(taught)
                .load::<(String, String, Option<String>, String)>(connection)?;
            let lesson = |is_spam: bool| move |(id, author, site, text)| TrainingSample { id, author, site, text, is_spam };
            Ok(good.into_iter().map(lesson(false)).chain(bad.into_iter().map(lesson(true))).collect())
        })
    }

    /// The number of the last decision: another one tells that there may be something to learn.
    pub fn last_decision(&self) -> Result<i64, StoreError> {
        let last = decisions::table.select(diesel::dsl::max(decisions::id));
        self.ask(|connection| Ok(last.first::<Option<i64>>(connection)?.unwrap_or_default()))
    }
}
