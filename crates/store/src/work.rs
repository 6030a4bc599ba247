use ardoise_model::ArticlePath;
use diesel::prelude::*;

use crate::connection::Connection;
use crate::schema::{articles, generation_work};
use crate::{Store, StoreError};

/// An article whose files must be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// The row, to be given to [`Store::finish_work`] once its effect is on disk.
    pub id: i64,
    /// The article.
    pub article: ArticlePath,
}

impl Store {
    /// What has to be generated, in no order that means anything.
    pub fn work(&self) -> Result<Vec<Work>, StoreError> {
        self.read(|connection| {
            let rows = generation_work::table
                .inner_join(articles::table)
                .order(generation_work::id)
                .select((generation_work::id, articles::path))
                .load::<(i64, String)>(connection)?;
            Ok(rows.into_iter().map(|(id, path)| Work { id, article: ArticlePath::from_stored(path) }).collect())
        })
    }

    /// Whether there is anything to generate. Cheap: it is asked several times a second.
    pub fn has_work(&self) -> Result<bool, StoreError> {
        self.read(|connection| Ok(generation_work::table.select(generation_work::id).first::<i64>(connection).optional()?.is_some()))
    }

    /// Removes rows whose effect is on disk: these rows and no others, for new ones may have come since they were read.
    pub fn finish_work(&self, done: &[Work]) -> Result<(), StoreError> {
        if done.is_empty() {
            return Ok(());
        }
        self.write(|connection| {
            for work in done {
                diesel::delete(generation_work::table.find(work.id)).execute(connection)?;
            }
            Ok(())
        })
    }
}

pub(crate) fn add(connection: &mut Connection, article: i64) -> Result<(), StoreError> {
    diesel::insert_into(generation_work::table).values(generation_work::article_id.eq(article)).execute(connection)?;
    Ok(())
}
