//! Training samples for the classifier, from the moderators' decisions.

use ardoise_model::{Status, Timestamp, Via};
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::engine::store::Store;
use crate::error::StoreError;
use crate::schema::{comments, decisions};

/// The age, in milliseconds, at which a comment that was published without a decision counts as good.
const MIN_AGE_MILLIS: i64 = 7 * Timestamp::DAY;

/// A comment whose class is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingSample {
    /// The comment's id.
    pub id: String,
    /// The name of its author.
    pub author: String,
    /// The author's site.
    pub site: Option<String>,
    /// The text.
    pub text: String,
    /// Whether it is spam. Otherwise it was worth publishing.
    pub is_spam: bool,
}

/// The decisions of moderators that gave a comment this status.
#[diesel::dsl::auto_type]
fn decisions_for(status: Status) -> _ {
    let status: &'static str = status.as_str();
    let author: &'static str = Via::Author.as_str();
    decisions::table.filter(decisions::comment_id.eq(comments::id)).filter(decisions::status.eq(status)).filter(decisions::via.ne(author))
}

impl Store {
    /// Returns the newest published comments and the newest comments that a moderator called spam, `limit` of each.
    ///
    /// A comment that was published without a decision counts once it has been published for a week. Rejected comments belong to neither
    /// class: they may be rude or off topic. Spam that a check found is left out, because the classifier would learn from itself.
    pub fn training_samples(&self, limit: i64, now: Timestamp) -> Result<Vec<TrainingSample>, StoreError> {
        self.read(|connection| {
            let columns = (comments::id, comments::author, comments::site, comments::text);
            let with_text = comments::table.filter(comments::text.ne(""));
            let newest_first = (comments::created_at.desc(), comments::id);
            let good = with_text
                .filter(comments::status.eq(Status::Approved.as_str()))
                .filter(comments::by_owner.eq(false))
                .filter(exists(decisions_for(Status::Approved)).or(comments::created_at.lt(now.0 - MIN_AGE_MILLIS)))
                .order(newest_first)
                .limit(limit)
                .select(columns)
                .load::<(String, String, Option<String>, String)>(connection)?;
            let spam = with_text
                .filter(comments::status.eq(Status::Spam.as_str()))
                .filter(exists(decisions_for(Status::Spam)))
                .order(newest_first)
                .limit(limit)
                .select(columns)
                .load::<(String, String, Option<String>, String)>(connection)?;
            let sample = |is_spam: bool| move |(id, author, site, text)| TrainingSample { id, author, site, text, is_spam };
            Ok(good.into_iter().map(sample(false)).chain(spam.into_iter().map(sample(true))).collect())
        })
    }
}
