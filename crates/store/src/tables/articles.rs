use ardoise_model::{Article, ArticlePath, Timestamp};
use diesel::dsl::max;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::error::StoreError;
use crate::schema::articles;
use crate::tables::work;

/// An article without its id, and without what is computed from its comments.
#[derive(Queryable, Selectable, AsChangeset, Insertable, Clone, PartialEq)]
// A `None` is written as NULL: a page that no longer names a date has none.
#[diesel(table_name = articles, treat_none_as_null = true)]
pub(crate) struct ArticleRow {
    pub(crate) path: String,
    pub(crate) title: String,
    pub(crate) is_open: bool,
    pub(crate) page: String,
    pub(crate) is_present: bool,
    pub(crate) closes_at: Option<i64>,
    pub(crate) dated_at: Option<i64>,
}

impl ArticleRow {
    /// The row of an article that the site's catalogue has.
    pub(crate) fn new(article: &Article, page: &str) -> Self {
        Self {
            path: article.path.as_str().to_owned(),
            title: article.title.clone(),
            is_open: article.open,
            page: page.to_owned(),
            is_present: true,
            closes_at: article.closes_at.map(|closes_at| closes_at.0),
            dated_at: article.dated_at.map(|dated_at| dated_at.0),
        }
    }

    pub(crate) fn into_article(self) -> Article {
        let Self { path, title, is_open: open, closes_at, dated_at, .. } = self;
        let path = ArticlePath::from_stored(path);
        Article { path, title, open, closes_at: closes_at.map(Timestamp), dated_at: dated_at.map(Timestamp) }
    }
}

/// Returns the article at `path`, with its row's id.
pub(crate) fn find(connection: &mut Connection, path: &str) -> Result<Option<(i64, ArticleRow)>, StoreError> {
    let row = articles::table.filter(articles::path.eq(path)).select((articles::id, ArticleRow::as_select()));
    // Not `first`: SQLite prepares a statement anew each time its LIMIT is bound. A path has one row at most.
    Ok(row.get_result(connection).optional()?)
}

/// Returns the id of the row at `path`. Inserts a row if there is none.
pub(crate) fn find_or_add(connection: &mut Connection, path: &ArticlePath) -> Result<i64, StoreError> {
    find(connection, path.as_str())?.map_or_else(|| add(connection, path), |(id, _)| Ok(id))
}

/// Inserts a row for `path`, as on a site without a catalogue.
pub(crate) fn add(connection: &mut Connection, path: &ArticlePath) -> Result<i64, StoreError> {
    let row = ArticleRow {
        path: path.as_str().to_owned(),
        title: String::new(),
        is_open: true,
        page: String::new(),
        is_present: true,
        closes_at: None,
        dated_at: None,
    };
    Ok(diesel::insert_into(articles::table).values(row).returning(articles::id).get_result(connection)?)
}

/// Records a change of the published comments of an article: changes the count of approved comments by `difference`, assigns the next
/// revision, and adds a row of work.
pub(crate) fn record_published_change(connection: &mut Connection, id: i64, difference: i64) -> Result<(), StoreError> {
    let last = last_revision(connection)?;
    diesel::update(articles::table.find(id))
        .set((articles::approved.eq(articles::approved + difference), articles::revision.eq(last + 1)))
        .execute(connection)?;
    work::add(connection, id)
}

/// Returns the number of the last change of a count; 0 if there was none.
pub(crate) fn last_revision(connection: &mut Connection) -> Result<i64, StoreError> {
    let last: Option<i64> = articles::table.select(max(articles::revision)).get_result(connection)?;
    Ok(last.unwrap_or_default())
}
