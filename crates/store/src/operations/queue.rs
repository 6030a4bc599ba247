//! The moderators' queue: a page of comments by status and words, and the thread around a comment.

use std::collections::{BTreeMap, HashMap};

use ardoise_model::{ArticlePath, Comment, CommentId, Status, Timestamp};
use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::either::on_either;
use crate::engine::store::Store;
use crate::engine::text_search::{contains_pattern, lower};
use crate::error::StoreError;
use crate::schema::{articles, comments};
use crate::tables::rows::{CommentRow, IdColumn, StatusColumn};

/// The number of comments above another that are shown.
const MAX_ABOVE: usize = 20;
/// The number of answers to a comment that are shown.
const MAX_BELOW: i64 = 50;

/// A query of the queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueQuery {
    /// The status; `None` for any.
    pub status: Option<Status>,
    /// A part of the author's name, of the text, or of the article's title or path; empty for any.
    pub words: String,
    /// The number of comments to skip.
    pub skip: u32,
    /// The number of comments to return at most.
    pub most: u32,
}

/// A comment of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedComment {
    /// The comment.
    pub comment: Comment,
    /// Its article's title; empty if the site has no catalogue.
    pub title: String,
    /// The comment that it answers.
    pub parent: Option<Comment>,
}

/// A page of the queue, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuePage {
    /// The comments of the page.
    pub comments: Vec<QueuedComment>,
    /// The number of comments that match the query.
    pub found: u64,
    /// The number of all comments by status, whatever the query. A status without comments is absent.
    pub counts: BTreeMap<Status, u64>,
}

/// The comments around another, of any status, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThreadContext {
    /// Its ancestors, from the top.
    pub above: Vec<Comment>,
    /// The answers to it.
    pub below: Vec<Comment>,
}

/// Filters a query. A macro, because it serves both the page and the number of matches, which have different types.
macro_rules! matching {
    ($query:expr, $filter:expr) => {{
        let mut query = $query.into_boxed();
        if let Some(status) = $filter.status {
            query = query.filter(comments::status.eq(status.as_str()));
        }
        if !$filter.words.trim().is_empty() {
            let pattern = contains_pattern(&$filter.words);
            query = query.filter(
                lower(comments::text)
                    .like(lower(pattern.clone()))
                    .escape('\\')
                    .or(lower(comments::author).like(lower(pattern.clone())).escape('\\'))
                    .or(lower(articles::title).like(lower(pattern.clone())).escape('\\'))
                    .or(lower(articles::path).like(lower(pattern)).escape('\\')),
            );
        }
        query
    }};
}

impl Store {
    /// Returns a page of the queue.
    pub fn queue(&self, query: &QueueQuery) -> Result<QueuePage, StoreError> {
        self.read(|connection| {
            let all = comments::table.inner_join(articles::table);
            let found: i64 = matching!(all.select(count_star()), query).get_result(connection)?;
            let rows = matching!(all.select((articles::path, articles::title, CommentRow::as_select())), query)
                .order((comments::created_at.desc(), comments::id.desc()))
                .limit(query.most.into())
                .offset(query.skip.into())
                .load::<(String, String, CommentRow)>(connection)?;
            let with_title = |(path, title, row): (String, String, CommentRow)| (row.into_comment(ArticlePath::from_stored(path)), title);
            let page = rows.into_iter().map(with_title).collect::<Vec<_>>();
            let parents = parents(connection, &page)?;
            let queued = |(comment, title): (Comment, String)| {
                let parent = comment.parent.as_ref().and_then(|id| parents.get(id).cloned());
                QueuedComment { comment, title, parent }
            };
            let counts = count_by_status(connection)?;
            Ok(QueuePage { comments: page.into_iter().map(queued).collect(), found: found.unsigned_abs(), counts })
        })
    }

    /// Returns the nearest ancestors of a comment and the first answers to it.
    pub fn thread_context(&self, comment: &Comment) -> Result<ThreadContext, StoreError> {
        self.read(|connection| {
            let mut around = ThreadContext::default();
            let mut next = comment.parent.clone();
            while let Some(id) = next.take_if(|_| around.above.len() < MAX_ABOVE) {
                let row = comments::table.find(id.as_str()).select(CommentRow::as_select()).get_result::<CommentRow>(connection)?;
                let above = row.into_comment(comment.article.clone());
                next.clone_from(&above.parent);
                around.above.insert(0, above);
            }
            let rows = comments::table
                .filter(comments::parent_id.eq(comment.id.as_str()))
                .order((comments::created_at, comments::id))
                .limit(MAX_BELOW)
                .select(CommentRow::as_select())
                .load::<CommentRow>(connection)?;
            around.below = rows.into_iter().map(|row| row.into_comment(comment.article.clone())).collect();
            Ok(around)
        })
    }

    /// Returns the numbers of comments that were sent on each day since a time, by day since 1970 and by their current status.
    pub fn days(&self, since: Timestamp) -> Result<Vec<(i64, Status, u64)>, StoreError> {
        let rows = self.read_one(|connection| count_by_day(connection, since))?;
        Ok(rows.into_iter().map(|DayRow { day, status, count }| (day, status.0, count.unsigned_abs())).collect())
    }
}

/// Returns the comments that those of a page answer. They are on the same article.
fn parents(connection: &mut Connection, page: &[(Comment, String)]) -> Result<HashMap<CommentId, Comment>, StoreError> {
    let articles: HashMap<&CommentId, &ArticlePath> =
        page.iter().filter_map(|(comment, _)| Some((comment.parent.as_ref()?, &comment.article))).collect();
    let rows = comments::table
        .filter(comments::id.eq_any(articles.keys().map(|id| id.as_str().to_owned()).collect::<Vec<_>>()))
        .select((comments::id, CommentRow::as_select()))
        .load::<(IdColumn, CommentRow)>(connection)?;
    let parent = |(IdColumn(id), row): (IdColumn, CommentRow)| {
        let article = articles[&id].clone();
        (id, row.into_comment(article))
    };
    Ok(rows.into_iter().map(parent).collect())
}

fn count_by_status(connection: &mut Connection) -> Result<BTreeMap<Status, u64>, StoreError> {
    let rows = comments::table.group_by(comments::status).select((comments::status, count_star()));
    let rows = rows.load::<(StatusColumn, i64)>(connection)?;
    Ok(rows.into_iter().map(|(status, count)| (status.0, count.unsigned_abs())).collect())
}

#[derive(QueryableByName)]
struct DayRow {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    day: i64,
    #[diesel(sql_type = diesel::sql_types::Text)]
    status: StatusColumn,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

fn count_by_day(connection: &mut Connection, since: Timestamp) -> Result<Vec<DayRow>, StoreError> {
    let query = "SELECT created_at / 86400000 AS day, status, COUNT(*) AS count FROM comments WHERE created_at >= $1 GROUP BY 1, 2";
    let query = diesel::sql_query(query).bind::<diesel::sql_types::BigInt, _>(since.0);
    Ok(on_either!(connection => query.load(connection))?)
}
