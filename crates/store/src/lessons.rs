//! What the moderators' decisions teach.

use ardoise_model::{Status, Via};
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::schema::{comments, decisions};
use crate::{Store, StoreError};

/// A comment that was decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// Its author's name.
    pub author: String,
    /// His site.
    pub site: Option<String>,
    /// What he wrote.
    pub text: String,
    /// What it teaches: spam, or something to publish.
    pub is_spam: bool,
}

impl Store {
    /// The newest comments that readers see, and the newest that a person has called spam; so many of each at most. What was rejected
    /// is neither: somebody was rude, or off the subject. What a check called spam teaches nothing: it would learn from itself.
    pub fn lessons(&self, most: i64) -> Result<Vec<Lesson>, StoreError> {
        self.read(|connection| {
            let taught = (comments::author, comments::site, comments::text);
            let written = comments::table.filter(comments::text.ne(""));
            let newest = (comments::created_at.desc(), comments::id);
            let good = written
                .filter(comments::status.eq(Status::Approved.as_str()))
                .filter(comments::by_owner.eq(false))
                .order(newest)
                .limit(most)
                .select(taught)
                .load::<(String, Option<String>, String)>(connection)?;
            let by_a_person = decisions::table
                .filter(decisions::comment_id.eq(comments::id))
                .filter(decisions::status.eq(Status::Spam.as_str()))
                .filter(decisions::via.ne(Via::Author.as_str()));
            let bad = written
                .filter(comments::status.eq(Status::Spam.as_str()))
                .filter(exists(by_a_person))
                .order(newest)
                .limit(most)
                .select(taught)
                .load::<(String, Option<String>, String)>(connection)?;
            let lesson = |is_spam: bool| move |(author, site, text)| Lesson { author, site, text, is_spam };
            Ok(good.into_iter().map(lesson(false)).chain(bad.into_iter().map(lesson(true))).collect())
        })
    }

    /// The number of the last decision: another one tells that there may be something to learn.
    pub fn last_decision(&self) -> Result<i64, StoreError> {
        let last = decisions::table.select(diesel::dsl::max(decisions::id));
        self.ask(|connection| Ok(last.first::<Option<i64>>(connection)?.unwrap_or_default()))
    }
}
