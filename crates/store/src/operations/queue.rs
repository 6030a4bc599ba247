//! Comments as moderators leaf through them: by status and by words, a page at a time.

use std::collections::{BTreeMap, HashMap};

use ardoise_model::{ArticlePath, Comment, CommentId, Status, Timestamp};
use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::text_search::{anywhere, lower};
use crate::schema::{articles, comments};
use crate::tables::comments::{CommentRow, parse_id};
use crate::{Store, StoreError};

/// As many comments above another are shown at most.
const ABOVE: usize = 20;
/// As many answers to it.
const BELOW: i64 = 50;

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueQuery {
    /// None: any.
    pub status: Option<Status>,
    /// Part of the author's name, of the text, of the article's title or path. Empty: any.
    pub words: String,
    /// So many are passed over.
    pub skip: u32,
    /// So many are given at most.
    pub most: u32,
}

/// A comment in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedComment {
    /// The comment.
    pub comment: Comment,
    /// Its article's title; empty where the site has no catalogue.
    pub title: String,
    /// What it answers.
    pub parent: Option<Comment>,
}

/// A page of a list, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuePage {
    /// The page.
    pub comments: Vec<QueuedComment>,
    /// As many comments are what was asked for.
    pub found: u64,
    /// As many comments have each status, whatever was asked for. A status without comments is absent.
    pub counts: BTreeMap<Status, u64>,
}

/// The comments around one, of any status, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThreadContext {
    /// What it answers, what that answers, and so on, from the top.
    pub above: Vec<Comment>,
    /// What answers it.
    pub below: Vec<Comment>,
}

/// Both the page and the number of all that are found.
macro_rules! wanted {
    ($query:expr, $search:expr) => {{
        let mut query = $query.into_boxed();
        if let Some(status) = $search.status {
            query = query.filter(comments::status.eq(status.as_str()));
        }
        if !$search.words.trim().is_empty() {
            let pattern = anywhere(&$search.words);
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
    /// A page of what moderators ask for.
    pub fn queue(&self, search: &QueueQuery) -> Result<QueuePage, StoreError> {
        self.read(|connection| {
            let all = comments::table.inner_join(articles::table);
            let found: i64 = wanted!(all.select(count_star()), search).get_result(connection)?;
            let rows = wanted!(all.select((articles::path, articles::title, CommentRow::as_select())), search)
                .order((comments::created_at.desc(), comments::id.desc()))
                .limit(search.most.into())
                .offset(search.skip.into())
                .load::<(String, String, CommentRow)>(connection)?;
            let read = |(path, title, row): (String, String, CommentRow)| Ok((row.into_comment(ArticlePath::from_stored(path))?, title));
            let page = rows.into_iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
            let parents = parents(connection, &page)?;
            let queued = |(comment, title): (Comment, String)| {
                let parent = comment.parent.as_ref().and_then(|id| parents.get(id).cloned());
                QueuedComment { comment, title, parent }
            };
            Ok(QueuePage { comments: page.into_iter().map(queued).collect(), found: found.unsigned_abs(), counts: counts(connection)? })
        })
    }

    /// The thread around a comment, as far as it helps to understand it.
    pub fn around(&self, comment: &Comment) -> Result<ThreadContext, StoreError> {
        self.read(|connection| {
            let mut around = ThreadContext::default();
            let mut next = comment.parent.clone();
            while let Some(id) = next.take_if(|_| around.above.len() < ABOVE) {
                let row = comments::table.find(id.as_str()).select(CommentRow::as_select()).get_result(connection)?;
                let above = row.into_comment(comment.article.clone())?;
                next.clone_from(&above.parent);
                around.above.insert(0, above);
            }
            let rows = comments::table
                .filter(comments::parent_id.eq(comment.id.as_str()))
                .order((comments::created_at, comments::id))
                .limit(BELOW)
                .select(CommentRow::as_select())
                .load(connection)?;
            around.below = rows.into_iter().map(|row| row.into_comment(comment.article.clone())).collect::<Result<_, _>>()?;
            Ok(around)
        })
    }

    /// As many comments came in on each day since then, by day since 1970 and by what they are now.
    pub fn days(&self, since: Timestamp) -> Result<Vec<(i64, Status, u64)>, StoreError> {
        let rows = self.ask(|connection| by_day(connection, since))?;
        rows.into_iter()
            .map(|Counted { day, status, number }| Ok((day, status.parse().map_err(StoreError::Unreadable)?, number.unsigned_abs())))
            .collect()
    }
}

/// The comments that those of a page answer, which stand on the same article.
fn parents(connection: &mut Connection, page: &[(Comment, String)]) -> Result<HashMap<CommentId, Comment>, StoreError> {
    let articles: HashMap<&CommentId, &ArticlePath> =
        page.iter().filter_map(|(comment, _)| Some((comment.parent.as_ref()?, &comment.article))).collect();
    let rows = comments::table
        .filter(comments::id.eq_any(articles.keys().map(|id| id.as_str().to_owned()).collect::<Vec<_>>()))
        .select((comments::id, CommentRow::as_select()))
        .load::<(String, CommentRow)>(connection)?;
    rows.into_iter()
        .map(|(id, row)| {
            let id = parse_id(&id)?;
            let article = articles[&id].clone();
            Ok((id, row.into_comment(article)?))
        })
        .collect()
}

fn counts(connection: &mut Connection) -> Result<BTreeMap<Status, u64>, StoreError> {
    let rows = comments::table.group_by(comments::status).select((comments::status, count_star())).load::<(String, i64)>(connection)?;
    rows.into_iter().map(|(status, count)| Ok((status.parse().map_err(StoreError::Unreadable)?, count.unsigned_abs()))).collect()
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    day: i64,
    #[diesel(sql_type = diesel::sql_types::Text)]
    status: String,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

fn by_day(connection: &mut Connection, since: Timestamp) -> Result<Vec<Counted>, StoreError> {
    let query = "SELECT created_at / 86400000 AS day, status, COUNT(*) AS number FROM comments WHERE created_at >= $1 GROUP BY 1, 2";
    let query = || diesel::sql_query(query).bind::<diesel::sql_types::BigInt, _>(since.0);
    Ok(match connection {
        Connection::Sqlite(connection) => query().load(connection)?,
        Connection::Postgres(connection) => query().load(connection)?,
    })
}
