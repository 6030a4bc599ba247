//! What readers may see, as the generator asks for it. Nothing here grows with the site but [`Store::counts`], which streams.

use std::collections::{HashMap, HashSet};

use ardoise_model::{ArticlePath, Comment, Replies, Status};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::identity;
use crate::schema::{articles, comments};
use crate::tables::comments::{CommentRow, parse_id};
use crate::tables::work;
use crate::{Store, StoreError};

/// As many rows of a long list are held at a time.
const PAGE: i64 = 4096;

/// An approved comment with its article's title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentComment {
    /// The comment.
    pub comment: Comment,
    /// The title of its article.
    pub title: String,
}

/// The approved comments of an article, oldest first. The parent of each is the nearest comment above it that is approved too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// The article.
    pub article: ArticlePath,
    /// Its title as plain text; empty where the site has no catalogue.
    pub title: String,
    /// None, where none is approved.
    pub comments: Vec<Comment>,
}

/// The counts that changed last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latest {
    /// Revisions of another epoch cannot be compared with these.
    pub epoch: String,
    /// The article that changed last comes first.
    pub changes: Vec<CountChange>,
    /// Whether these are all that ever changed.
    pub is_all: bool,
}

/// The last change of an article's count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountChange {
    /// The article.
    pub article: ArticlePath,
    /// Its approved comments, perhaps none.
    pub count: u64,
    /// The number of the change; no two have the same, and a later one has a larger one.
    pub revision: u64,
}

impl Store {
    /// Calls `each` with every article that has approved comments and their number, by path. Gives the number of the last change
    /// that they include.
    pub fn counts(&self, each: &mut dyn FnMut(&str, u64)) -> Result<u64, StoreError> {
        self.read(|connection| count_all(connection, &mut |path, count, _| each(path, count)))
    }

    /// Calls `each` with every article that has approved comments, by path, and with whether rows of work wait for it, in one state of
    /// the database. Gives the number of the last change, and its epoch.
    pub fn counts_and_pending_work(&self, each: &mut dyn FnMut(&CountChange, bool)) -> Result<(u64, String), StoreError> {
        self.read(|connection| {
            let waiting: HashSet<String> = work::waiting_paths(connection)?.into_iter().collect();
            count_all(connection, &mut |path, count, revision| {
                let change = CountChange { article: ArticlePath::from_stored(path.to_owned()), count, revision };
                each(&change, waiting.contains(path));
            })
            .and_then(|revision| Ok((revision, identity::epoch(connection)?)))
        })
    }

    /// The number of the last change of a count, and its epoch.
    pub fn revision(&self) -> Result<(u64, String), StoreError> {
        self.ask(|connection| Ok((revision(connection)?, identity::epoch(connection)?)))
    }

    /// The counts that changed last, of so many articles at most.
    pub fn latest(&self, most: u32) -> Result<Latest, StoreError> {
        self.read(|connection| latest(connection, most))
    }

    /// Articles that have approved comments, and how many; by path, so many at most, beginning behind `after`.
    pub fn published(&self, after: Option<&ArticlePath>, most: u32) -> Result<Vec<(ArticlePath, u64)>, StoreError> {
        self.ask(|connection| {
            let paths = articles::table
                .filter(articles::path.gt(after.map_or("", ArticlePath::as_str)))
                .filter(articles::approved.gt(0))
                .order(articles::path)
                .limit(most.into())
                .select((articles::path, articles::approved))
                .load::<(String, i64)>(connection)?;
            Ok(paths.into_iter().map(|(path, count)| (ArticlePath::from_stored(path), count.unsigned_abs())).collect())
        })
    }

    /// How many articles have approved comments, of those behind `after`.
    pub fn published_count(&self, after: Option<&ArticlePath>) -> Result<u64, StoreError> {
        self.ask(|connection| {
            let published =
                articles::table.filter(articles::path.gt(after.map_or("", ArticlePath::as_str))).filter(articles::approved.gt(0));
            Ok(published.count().get_result::<i64>(connection)?.unsigned_abs())
        })
    }

    /// The threads of some articles, in no order that means anything. An article that is not known has an empty one.
    pub fn threads(&self, paths: &[ArticlePath]) -> Result<Vec<Thread>, StoreError> {
        self.read(|connection| {
            let mut threads = Vec::with_capacity(paths.len());
            for some in paths.chunks(256) {
                load_threads(connection, some, &mut threads)?;
            }
            Ok(threads)
        })
    }

    /// The newest approved comments of the site, newest first.
    pub fn recent(&self, most: u32) -> Result<Vec<RecentComment>, StoreError> {
        self.ask(|connection| recent(connection, most))
    }
}

/// Calls `each` with an article's path, its count and the number of its last change.
fn count_all(connection: &mut Connection, each: &mut dyn FnMut(&str, u64, u64)) -> Result<u64, StoreError> {
    let mut after = String::new();
    loop {
        let rows = articles::table
            .filter(articles::path.gt(&after))
            .filter(articles::approved.gt(0))
            .order(articles::path)
            .limit(PAGE)
            .select((articles::path, articles::approved, articles::revision))
            .load::<(String, i64, i64)>(connection)?;
        for (path, count, revision) in &rows {
            each(path, count.unsigned_abs(), revision.unsigned_abs());
        }
        match rows.into_iter().next_back() {
            Some((last, ..)) => after = last,
            None => return revision(connection),
        }
    }
}

pub(crate) fn latest(connection: &mut Connection, most: u32) -> Result<Latest, StoreError> {
    let changed = articles::table.filter(articles::revision.gt(0)).order(articles::revision.desc()).limit(most.into());
    let rows = changed.select((articles::path, articles::approved, articles::revision)).load::<(String, i64, i64)>(connection)?;
    let change = |(path, count, revision): (String, i64, i64)| CountChange {
        article: ArticlePath::from_stored(path),
        count: count.unsigned_abs(),
        revision: revision.unsigned_abs(),
    };
    let epoch = identity::epoch(connection)?;
    Ok(Latest { epoch, is_all: rows.len() < most as usize, changes: rows.into_iter().map(change).collect() })
}

pub(crate) fn recent(connection: &mut Connection, most: u32) -> Result<Vec<RecentComment>, StoreError> {
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
}

fn revision(connection: &mut Connection) -> Result<u64, StoreError> {
    let last: Option<i64> = articles::table.select(diesel::dsl::max(articles::revision)).get_result(connection)?;
    Ok(last.unwrap_or_default().unsigned_abs())
}

fn load_threads(connection: &mut Connection, paths: &[ArticlePath], threads: &mut Vec<Thread>) -> Result<(), StoreError> {
    let ids = articles::table.filter(articles::path.eq_any(paths.iter().map(ArticlePath::as_str))).select((
        articles::id,
        articles::path,
        articles::title,
    ));
    let ids = ids.load::<(i64, String, String)>(connection)?.into_iter();
    let mut ids: HashMap<String, (i64, String)> = ids.map(|(id, path, title)| (path, (id, title))).collect();
    let of_articles = || comments::table.filter(comments::article_id.eq_any(ids.values().map(|(id, _)| *id).collect::<Vec<_>>()));
    let approved = of_articles()
        .filter(comments::status.eq(Status::Approved.as_str()))
        .order((comments::article_id, comments::created_at, comments::id))
        .select((comments::article_id, CommentRow::as_select()))
        .load::<(i64, CommentRow)>(connection)?;
    // What hides between two of them: answers to a comment that was taken down belong to the one above it.
    let hidden = of_articles()
        .filter(comments::status.ne(Status::Approved.as_str()))
        .filter(comments::parent_id.is_not_null())
        .select((comments::id, comments::parent_id, comments::status))
        .load::<(String, Option<String>, String)>(connection)?;
    let mut replies = Replies::default();
    for (id, parent, status) in hidden {
        replies.add(parse_id(&id)?, parent.as_deref().map(parse_id).transpose()?, status.parse().map_err(StoreError::Unreadable)?);
    }
    let mut rows: HashMap<i64, Vec<CommentRow>> = HashMap::new();
    for (article, row) in approved {
        rows.entry(article).or_default().push(row);
    }
    for path in paths {
        let (id, title) = ids.remove(path.as_str()).unwrap_or_default();
        let rows = rows.remove(&id).unwrap_or_default();
        let comments = rows.into_iter().map(|row| row.into_comment(path.clone())).collect::<Result<Vec<_>, _>>()?;
        for comment in &comments {
            replies.add(comment.id.clone(), comment.parent.clone(), comment.status);
        }
        let visible = |comment: Comment| Comment { parent: replies.visible_parent(&comment.id), ..comment };
        threads.push(Thread { article: path.clone(), title, comments: comments.into_iter().map(visible).collect() });
    }
    Ok(())
}
