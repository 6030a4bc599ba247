use ardoise_model::{Article, Comment, CommentId};
use diesel::prelude::*;

use crate::engine::store::Store;
use crate::error::StoreError;
use crate::schema::{articles, comments};
use crate::tables::articles::ArticleRow;
use crate::tables::decisions::{self, DecisionRecord};
use crate::tables::rows::CommentRow;

/// A comment with its article and the decisions about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentDetail {
    /// The comment.
    pub comment: Comment,
    /// Its article.
    pub article: Article,
    /// The decisions about it, oldest first.
    pub decisions: Vec<DecisionRecord>,
}

impl CommentDetail {
    /// Counts the decisions of moderators about the comment.
    pub fn rulings(&self) -> u64 {
        self.decisions.iter().filter(|decision| decision.is_ruling()).count() as u64
    }
}

impl Store {
    /// Returns a comment with its article and its decisions.
    pub fn detail(&self, id: &CommentId) -> Result<CommentDetail, StoreError> {
        self.read(|connection| {
            let (article, row) = comments::table
                .inner_join(articles::table)
                .filter(comments::id.eq(id.as_str()))
                .select((ArticleRow::as_select(), CommentRow::as_select()))
                .get_result::<(ArticleRow, CommentRow)>(connection)
                .optional()?
                .ok_or_else(|| StoreError::NoSuchComment(id.to_string()))?;
            let article = article.into_article();
            let comment = row.into_comment(article.path.clone());
            Ok(CommentDetail { comment, article, decisions: decisions::of_comment(connection, id)? })
        })
    }
}
