//! Comments as they once came in, for rules to be tried on them.

use ardoise_model::{Article, Comment, Facts, Questions, Sender, Timestamp};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::operations::facts::{self, About};
use crate::schema::{articles, comments};
use crate::tables::articles::ArticleRow;
use crate::tables::comments::CommentRow;
use crate::{Store, StoreError};

/// A comment, and what was known when it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplaySample {
    /// The comment, with what became of it.
    pub comment: Comment,
    /// What the rules would have been told. Its article is taken to be there and open, for it was; and who is banned now was banned then.
    pub facts: Facts,
}

impl Store {
    /// The newest comments of readers whose text is still there, so many at most; the newest first. `questions` gives what the rules
    /// want to know of a comment that came at a moment.
    pub fn replay_samples(&self, most: i64, questions: impl Fn(Timestamp) -> Questions) -> Result<Vec<ReplaySample>, StoreError> {
        self.read(|connection| {
            let rows = comments::table
                .inner_join(articles::table)
                .filter(comments::by_owner.eq(false))
                .filter(comments::text.ne(""))
                .order((comments::created_at.desc(), comments::id))
                .limit(most)
                .select((ArticleRow::as_select(), CommentRow::as_select(), comments::network, comments::author_key))
                .load::<(ArticleRow, CommentRow, Option<String>, Option<String>)>(connection)?;
            rows.into_iter()
                .map(|(article, row, network, author_key)| {
                    let article = Article { open: true, closes_at: None, ..article.into_article() };
                    let comment = row.into_comment(article.path.clone())?;
                    let facts = then(connection, &comment, &Sender { network, author_key }, questions(comment.created_at))?;
                    Ok(ReplaySample { comment, facts: Facts { article: Some(article), ..facts } })
                })
                .collect()
        })
    }
}

fn then(connection: &mut Connection, comment: &Comment, sender: &Sender, questions: Questions) -> Result<Facts, StoreError> {
    let fingerprint = ardoise_model::fingerprint(&comment.text);
    let about = About { sender, fingerprint: &fingerprint, before: comment.created_at, itself: Some(&comment.id) };
    facts::ask(connection, Facts { parent_known: true, ..Facts::default() }, &about, questions)
}
