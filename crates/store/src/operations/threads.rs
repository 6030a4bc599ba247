//! The published comments: threads of articles, and the newest comments of the site.

use std::collections::HashMap;

use ardoise_model::{ArticlePath, Comment, Replies, Status};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::schema::{articles, comments};
use crate::tables::rows::{CommentRow, IdColumn, StatusColumn};

/// The number of articles that are loaded with one query.
const BATCH_SIZE: usize = 256;

/// An approved comment with its article's title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentComment {
    /// The comment.
    pub comment: Comment,
    /// The title of its article.
    pub title: String,
}

/// The approved comments of an article, oldest first. The parent of each is its nearest approved ancestor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// The article.
    pub article: ArticlePath,
    /// Its title as plain text; empty if the site has no catalogue.
    pub title: String,
    /// The approved comments; empty if there are none.
    pub comments: Vec<Comment>,
}

impl Store {
    /// Returns the threads of articles, in no particular order. The thread of an unknown article is empty.
    pub fn threads(&self, paths: &[ArticlePath]) -> Result<Vec<Thread>, StoreError> {
        self.read(|connection| {
            let mut threads = Vec::with_capacity(paths.len());
            for batch in paths.chunks(BATCH_SIZE) {
                threads.extend(load_threads(connection, batch)?);
            }
            Ok(threads)
        })
    }

    /// Returns the newest approved comments of the site, newest first.
    pub fn recent(&self, limit: u32) -> Result<Vec<RecentComment>, StoreError> {
        self.read_one(|connection| recent(connection, limit))
    }
}

pub(crate) fn recent(connection: &mut Connection, limit: u32) -> Result<Vec<RecentComment>, StoreError> {
    let rows = comments::table
        .inner_join(articles::table)
        .filter(comments::status.eq(Status::Approved.as_str()))
        .order((comments::created_at.desc(), comments::id.desc()))
        .limit(limit.into())
        .select((articles::path, articles::title, CommentRow::as_select()))
        .load::<(String, String, CommentRow)>(connection)?;
    let recent = |(path, title, row): (String, String, CommentRow)| RecentComment {
        comment: row.into_comment(ArticlePath::from_stored(path)),
        title,
    };
    Ok(rows.into_iter().map(recent).collect())
}

fn load_threads(connection: &mut Connection, paths: &[ArticlePath]) -> Result<Vec<Thread>, StoreError> {
    let rows = articles::table.filter(articles::path.eq_any(paths.iter().map(ArticlePath::as_str)));
    let rows = rows.select((articles::id, articles::path, articles::title)).load::<(i64, String, String)>(connection)?;
    let ids: Vec<i64> = rows.iter().map(|(id, ..)| *id).collect();
    let mut articles: HashMap<String, (i64, String)> = rows.into_iter().map(|(id, path, title)| (path, (id, title))).collect();
    let mut approved = load_approved(connection, &ids)?;
    let mut replies = load_hidden(connection, &ids)?;
    let mut threads = Vec::with_capacity(paths.len());
    for path in paths {
        let (id, title) = articles.remove(path.as_str()).unwrap_or_default();
        let comments = approved.remove(&id).unwrap_or_default().into_iter().map(|row| row.into_comment(path.clone()));
        let comments = comments.collect::<Vec<_>>();
        for comment in &comments {
            replies.add(comment.id.clone(), comment.parent.clone(), comment.status);
        }
        let with_visible_parent = |comment: Comment| Comment { parent: replies.visible_parent(&comment.id), ..comment };
        threads.push(Thread { article: path.clone(), title, comments: comments.into_iter().map(with_visible_parent).collect() });
    }
    Ok(threads)
}

/// Returns the approved comments of articles, by the article's id, oldest first.
fn load_approved(connection: &mut Connection, articles: &[i64]) -> Result<HashMap<i64, Vec<CommentRow>>, StoreError> {
    let rows = comments::table
        .filter(comments::article_id.eq_any(articles))
        .filter(comments::status.eq(Status::Approved.as_str()))
        .order((comments::article_id, comments::created_at, comments::id))
        .select((comments::article_id, CommentRow::as_select()))
        .load::<(i64, CommentRow)>(connection)?;
    let mut approved: HashMap<i64, Vec<CommentRow>> = HashMap::new();
    for (article, row) in rows {
        approved.entry(article).or_default().push(row);
    }
    Ok(approved)
}

/// Returns the answers of articles that are not approved: they connect approved answers with their nearest approved ancestor.
fn load_hidden(connection: &mut Connection, articles: &[i64]) -> Result<Replies, StoreError> {
    let rows = comments::table
        .filter(comments::article_id.eq_any(articles))
        .filter(comments::status.ne(Status::Approved.as_str()))
        .filter(comments::parent_id.is_not_null())
        .select((comments::id, comments::parent_id, comments::status))
        .load::<(IdColumn, Option<IdColumn>, StatusColumn)>(connection)?;
    let mut replies = Replies::default();
    for (IdColumn(id), parent, StatusColumn(status)) in rows {
        replies.add(id, parent.map(|IdColumn(parent)| parent), status);
    }
    Ok(replies)
}
