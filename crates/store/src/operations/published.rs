//! The counts of published comments. Every result is limited, except that of [`Store::counts`], which is streamed.

use std::collections::HashSet;

use ardoise_model::ArticlePath;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::schema::articles;
use crate::tables::articles::last_revision;
use crate::tables::{identity, work};

/// The number of rows that are held in memory at a time.
const PAGE_SIZE: i64 = 4096;

/// The counts that changed last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latest {
    /// The epoch of the revisions. Revisions of different epochs cannot be compared.
    pub epoch: String,
    /// The changes, the last one first.
    pub changes: Vec<CountChange>,
    /// Whether these are the counts of all articles that ever had a change.
    pub is_all: bool,
}

/// The last change of an article's count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountChange {
    /// The article.
    pub article: ArticlePath,
    /// The number of its approved comments, which may be 0.
    pub count: u64,
    /// The number of the change. It is unique, and larger for later changes.
    pub revision: u64,
}

type Row = (String, i64, i64);

impl From<Row> for CountChange {
    fn from((path, count, revision): Row) -> Self {
        Self { article: ArticlePath::from_stored(path), count: count.unsigned_abs(), revision: revision.unsigned_abs() }
    }
}

impl Store {
    /// Calls `each` with the path and the count of every article that has approved comments, by path. Returns the number of the last change
    /// that the counts include.
    pub fn counts(&self, each: &mut dyn FnMut(&str, u64)) -> Result<u64, StoreError> {
        self.read(|connection| for_each_count(connection, &mut |path, count, _| each(path, count)))
    }

    /// Calls `each` with every article that has approved comments, by path, and with whether the article has rows of work. All is read from
    /// one snapshot. Returns the number of the last change, and its epoch.
    pub fn counts_and_pending_work(&self, each: &mut dyn FnMut(&CountChange, bool)) -> Result<(u64, String), StoreError> {
        self.read(|connection| {
            let pending: HashSet<String> = work::pending_paths(connection)?.into_iter().collect();
            let revision = for_each_count(connection, &mut |path, count, revision| {
                let change = CountChange { article: ArticlePath::from_stored(path.to_owned()), count, revision };
                each(&change, pending.contains(path));
            })?;
            Ok((revision, identity::epoch(connection)?))
        })
    }

    /// Returns the number of the last change of a count, and its epoch.
    pub fn revision(&self) -> Result<(u64, String), StoreError> {
        self.read_one(|connection| Ok((last_revision(connection)?.unsigned_abs(), identity::epoch(connection)?)))
    }

    /// Returns the counts that changed last, of `limit` articles at most.
    pub fn latest(&self, limit: u32) -> Result<Latest, StoreError> {
        self.read(|connection| latest(connection, limit))
    }

    /// Returns the articles after `after` that have approved comments, with their counts, by path; `limit` at most.
    pub fn published(&self, after: Option<&ArticlePath>, limit: u32) -> Result<Vec<(ArticlePath, u64)>, StoreError> {
        self.read_one(|connection| {
            let paths = articles::table
                .filter(articles::path.gt(after.map_or("", ArticlePath::as_str)))
                .filter(articles::approved.gt(0))
                .order(articles::path)
                .limit(limit.into())
                .select((articles::path, articles::approved))
                .load::<(String, i64)>(connection)?;
            Ok(paths.into_iter().map(|(path, count)| (ArticlePath::from_stored(path), count.unsigned_abs())).collect())
        })
    }

    /// Counts the articles after `after` that have approved comments.
    pub fn published_count(&self, after: Option<&ArticlePath>) -> Result<u64, StoreError> {
        self.read_one(|connection| {
            let published =
                articles::table.filter(articles::path.gt(after.map_or("", ArticlePath::as_str))).filter(articles::approved.gt(0));
            Ok(published.count().get_result::<i64>(connection)?.unsigned_abs())
        })
    }
}

/// Calls `each` with an article's path, its count and the number of its last change. Returns the number of the last change of all.
fn for_each_count(connection: &mut Connection, each: &mut dyn FnMut(&str, u64, u64)) -> Result<u64, StoreError> {
    let mut after = String::new();
    loop {
        let rows = articles::table
            .filter(articles::path.gt(&after))
            .filter(articles::approved.gt(0))
            .order(articles::path)
            .limit(PAGE_SIZE)
            .select((articles::path, articles::approved, articles::revision))
            .load::<Row>(connection)?;
        for (path, count, revision) in &rows {
            each(path, count.unsigned_abs(), revision.unsigned_abs());
        }
        match rows.into_iter().next_back() {
            Some((last, ..)) => after = last,
            None => return Ok(last_revision(connection)?.unsigned_abs()),
        }
    }
}

pub(crate) fn latest(connection: &mut Connection, limit: u32) -> Result<Latest, StoreError> {
    let changed = articles::table.filter(articles::revision.gt(0)).order(articles::revision.desc()).limit(limit.into());
    let rows = changed.select((articles::path, articles::approved, articles::revision)).load::<Row>(connection)?;
    let epoch = identity::epoch(connection)?;
    Ok(Latest { epoch, is_all: rows.len() < limit as usize, changes: rows.into_iter().map(CountChange::from).collect() })
}
