use ardoise_model::ArticlePath;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::engine::wakeup;
use crate::error::StoreError;
use crate::schema::{articles, generation_work};

/// The number of rows that one query deletes.
const DELETE_BATCH: usize = 256;

/// A row of work: an article whose files must be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// The row's number, for [`crate::Lead::finish_work`] once the effect is on disk.
    pub id: i64,
    /// The article.
    pub article: ArticlePath,
    /// The number of its approved comments.
    pub comments: u64,
}

impl Store {
    /// Returns the rows of work after the number `after`, in order, `limit` at most.
    pub fn work(&self, after: i64, limit: u32) -> Result<Vec<Work>, StoreError> {
        self.read_one(|connection| load(connection, after, limit))
    }

    /// Counts the rows of work. The cost grows with their number.
    pub fn pending_work(&self) -> Result<u64, StoreError> {
        self.read_one(|connection| Ok(generation_work::table.count().get_result::<i64>(connection)?.unsigned_abs()))
    }

    /// Whether there is a row of work. Cheap.
    pub fn has_work(&self) -> Result<bool, StoreError> {
        self.read_one(wakeup::has_work)
    }
}

/// Returns the rows after the number `after`, in order, `limit` at most.
pub(crate) fn load(connection: &mut Connection, after: i64, limit: u32) -> Result<Vec<Work>, StoreError> {
    let rows = generation_work::table
        .inner_join(articles::table)
        .filter(generation_work::id.gt(after))
        .order(generation_work::id)
        .limit(limit.into())
        .select((generation_work::id, articles::path, articles::approved))
        .load::<(i64, String, i64)>(connection)?;
    let work = |(id, path, count): (i64, String, i64)| Work { id, article: ArticlePath::from_stored(path), comments: count.unsigned_abs() };
    Ok(rows.into_iter().map(work).collect())
}

/// Adds a row for an article, and notifies the listeners.
pub(crate) fn add(connection: &mut Connection, article: i64) -> Result<(), StoreError> {
    diesel::insert_into(generation_work::table).values(generation_work::article_id.eq(article)).execute(connection)?;
    wakeup::notify(connection)
}

/// Removes rows whose work is done.
pub(crate) fn remove(connection: &mut Connection, done: &[Work]) -> Result<(), StoreError> {
    for batch in done.chunks(DELETE_BATCH) {
        let ids = batch.iter().map(|work| work.id);
        diesel::delete(generation_work::table.filter(generation_work::id.eq_any(ids))).execute(connection)?;
    }
    Ok(())
}

/// Returns the paths of all articles that have rows of work.
pub(crate) fn pending_paths(connection: &mut Connection) -> Result<Vec<String>, StoreError> {
    Ok(generation_work::table.inner_join(articles::table).select(articles::path).distinct().load(connection)?)
}
