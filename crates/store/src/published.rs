//! What readers may see, as the generator asks for it.

use std::collections::BTreeMap;

use ardoise_model::{ArticlePath, Comment, Replies, Status};
use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::comments::{CommentRow, parse_id};
use crate::schema::{articles, comments};
use crate::{Store, StoreError};

/// An approved comment with its article's title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentComment {
    /// The comment.
    pub comment: Comment,
    /// The title of its article.
    pub title: String,
}

impl Store {
    /// Approved comments per article; an article without any is absent.
    pub fn counts(&self) -> Result<BTreeMap<ArticlePath, u64>, StoreError> {
        self.read(|connection| {
            let rows = comments::table
                .inner_join(articles::table)
                .filter(comments::status.eq(Status::Approved.as_str()))
                .group_by(articles::path)
                .select((articles::path, count_star()))
                .load::<(String, i64)>(connection)?;
            Ok(rows.into_iter().map(|(path, count)| (ArticlePath::from_stored(path), count.unsigned_abs())).collect())
        })
    }

    /// The approved comments of an article, oldest first. The parent of each is the nearest comment above it that is approved too.
    pub fn thread(&self, path: &ArticlePath) -> Result<Vec<Comment>, StoreError> {
        self.read(|connection| {
            let of_article = comments::table.inner_join(articles::table).filter(articles::path.eq(path.as_str()));
            let rows = of_article
                .filter(comments::status.eq(Status::Approved.as_str()))
                .order((comments::created_at, comments::id))
                .select(CommentRow::as_select())
                .load::<CommentRow>(connection)?;
            let mut replies = Replies::default();
            for (id, parent, status) in
                of_article
                    .select((comments::id, comments::parent_id, comments::status))
                    .load::<(String, Option<String>, String)>(connection)?
            {
                replies.add(parse_id(&id)?, parent.as_deref().map(parse_id).transpose()?, status.parse().map_err(StoreError::Unreadable)?);
            }
            let comments = rows.into_iter().map(|row| row.into_comment(path.clone()));
            comments.map(|comment| comment.map(|comment| Comment { parent: replies.visible_parent(&comment.id), ..comment })).collect()
        })
    }

    /// The newest approved comments of the site, newest first.
    pub fn recent(&self, most: u32) -> Result<Vec<RecentComment>, StoreError> {
        self.read(|connection| {
            let rows = comments::table
                .inner_join(articles::table)
                .filter(comments::status.eq(Status::Approved.as_str()))
                .order((comments::created_at.desc(), comments::id.desc()))
                .limit(most.into())
                .select((articles::path, articles::title, CommentRow::as_select()))
                .load::<(String, String, CommentRow)>(connection)?;
            let recent = |(path, title, row): (String, String, CommentRow)| {
                row.into_comment(ArticlePath::from_stored(path)).map(|comment| RecentComment { comment, title })
            };
            rows.into_iter().map(recent).collect()
        })
    }
}
