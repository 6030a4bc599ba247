use ardoise_model::ArticlePath;
use diesel::connection::SimpleConnection;
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::postgres::CHANNEL;
use crate::schema::{articles, generation_work};
use crate::{Store, StoreError};

/// An article whose files must be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// The row, to be given to [`crate::Lead::finish_work`] once its effect is on disk.
    pub id: i64,
    /// The article.
    pub article: ArticlePath,
    /// How many approved comments it has.
    pub comments: u64,
}

impl Store {
    /// Rows of what has to be generated, by their number, so many at most, beginning behind `after`.
    pub fn work(&self, after: i64, most: u32) -> Result<Vec<Work>, StoreError> {
        self.ask(|connection| load(connection, after, most))
    }

    /// How much has to be generated. Not asked often: it counts.
    pub fn pending_work(&self) -> Result<u64, StoreError> {
        self.ask(|connection| Ok(generation_work::table.count().get_result::<i64>(connection)?.unsigned_abs()))
    }

    /// Whether there is anything to generate. Cheap: it is asked after every commit.
    pub fn has_work(&self) -> Result<bool, StoreError> {
        self.ask(is_waiting)
    }
}

pub(crate) fn load(connection: &mut Connection, after: i64, most: u32) -> Result<Vec<Work>, StoreError> {
    let rows = generation_work::table
        .inner_join(articles::table)
        .filter(generation_work::id.gt(after))
        .order(generation_work::id)
        .limit(most.into())
        .select((generation_work::id, articles::path, articles::approved))
        .load::<(i64, String, i64)>(connection)?;
    let work = |(id, path, count): (i64, String, i64)| Work { id, article: ArticlePath::from_stored(path), comments: count.unsigned_abs() };
    Ok(rows.into_iter().map(work).collect())
}

pub(crate) fn is_waiting(connection: &mut Connection) -> Result<bool, StoreError> {
    Ok(diesel::select(exists(generation_work::table.select(generation_work::id))).get_result(connection)?)
}

/// The number of the newest row; 0 where there is none.
pub(crate) fn newest(connection: &mut Connection) -> Result<i64, StoreError> {
    let newest = generation_work::table.select(generation_work::id).order(generation_work::id.desc()).first::<i64>(connection);
    Ok(newest.optional()?.unwrap_or_default())
}

pub(crate) fn add(connection: &mut Connection, article: i64) -> Result<(), StoreError> {
    diesel::insert_into(generation_work::table).values(generation_work::article_id.eq(article)).execute(connection)?;
    notify(connection)
}

/// Heard when this transaction is committed. On SQLite the file is touched after that.
pub(crate) fn notify(connection: &mut Connection) -> Result<(), StoreError> {
    if let Connection::Postgres(connection) = connection {
        connection.batch_execute(&format!("NOTIFY {CHANNEL}"))?;
    }
    Ok(())
}

pub(crate) fn remove(connection: &mut Connection, done: &[Work]) -> Result<(), StoreError> {
    for some in done.chunks(256) {
        let ids = some.iter().map(|work| work.id);
        diesel::delete(generation_work::table.filter(generation_work::id.eq_any(ids))).execute(connection)?;
    }
    Ok(())
}

/// The paths of all articles that have rows of work.
pub(crate) fn waiting_paths(connection: &mut Connection) -> Result<Vec<String>, StoreError> {
    Ok(generation_work::table.inner_join(articles::table).select(articles::path).distinct().load(connection)?)
}
