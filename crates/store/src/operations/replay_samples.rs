//! Stored comments as they were sent, for trying rules on them.

use ardoise_model::{Article, Comment, Facts, FactsQuery, SenderHashes, Timestamp};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::operations::facts::{self, Subject};
use crate::schema::{articles, comments};
use crate::tables::articles::ArticleRow;
use crate::tables::rows::CommentRow;

/// A comment, and the facts at the time at which it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplaySample {
    /// The comment with its current status.
    pub comment: Comment,
    /// The facts that the rules would have been given. The article is assumed to exist and to be open, as it was then, and a current ban to
    /// have existed then.
    pub facts: Facts,
}

impl Store {
    /// Returns the newest comments of readers that have a text, newest first, `limit` at most. `questions` returns the facts that the rules
    /// need for a comment of a time.
    pub fn replay_samples(&self, limit: i64, questions: impl Fn(Timestamp) -> FactsQuery) -> Result<Vec<ReplaySample>, StoreError> {
        self.read(|connection| {
            let rows = comments::table
                .inner_join(articles::table)
                .filter(comments::by_owner.eq(false))
                .filter(comments::text.ne(""))
                .order((comments::created_at.desc(), comments::id))
                .limit(limit)
                .select((ArticleRow::as_select(), CommentRow::as_select(), comments::network, comments::author_key))
                .load::<(ArticleRow, CommentRow, Option<String>, Option<String>)>(connection)?;
            rows.into_iter()
                .map(|(article, row, network, author_key)| {
                    let article = Article { open: true, closes_at: None, ..article.into_article() };
                    let comment = row.into_comment(article.path.clone());
                    let facts = past_facts(connection, &comment, &SenderHashes { network, author_key }, questions(comment.created_at))?;
                    Ok(ReplaySample { comment, facts: Facts { article: Some(article), ..facts } })
                })
                .collect()
        })
    }
}

/// Returns the facts at the time at which a comment was sent.
fn past_facts(connection: &mut Connection, comment: &Comment, sender: &SenderHashes, questions: FactsQuery) -> Result<Facts, StoreError> {
    let fingerprint = ardoise_model::fingerprint(&comment.text);
    let subject = Subject { sender, fingerprint: &fingerprint, before: comment.created_at, excluded: Some(&comment.id) };
    facts::complete(connection, Facts { parent_known: true, ..Facts::default() }, &subject, questions)
}
