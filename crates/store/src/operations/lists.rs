//! The contents of the published tree's lists, read from the same snapshot as the rows of work.
//!
//! A list that is read later than the rows of work could name comments of articles whose files were not written yet.

use std::collections::{BTreeSet, HashSet};

use ardoise_model::ArticlePath;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::operations::published::{Latest, latest};
use crate::operations::threads::{RecentComment, recent};
use crate::schema::{articles, generation_work};
use crate::tables::work::{self, Work};

/// The lengths of lists.
#[derive(Debug, Clone, Copy)]
pub struct ListSizes {
    /// The number of articles whose counts changed last.
    pub latest: u32,
    /// The number of newest comments.
    pub recent: u32,
}

/// The contents of lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lists {
    /// The counts that changed last.
    pub latest: Latest,
    /// The newest comments, newest first.
    pub recent: Vec<RecentComment>,
    /// Articles in these lists with rows of work that the caller has not read. Their files may be older than the lists.
    pub waiting: HashSet<ArticlePath>,
}

impl Lists {
    /// Returns the articles that the lists name.
    pub fn articles(&self) -> BTreeSet<&ArticlePath> {
        let latest = self.latest.changes.iter().map(|change| &change.article);
        latest.chain(self.recent.iter().map(|recent| &recent.comment.article)).collect()
    }
}

impl Store {
    /// Returns the rows of work after the number `after`, `limit` at most, and the lists of the same snapshot. `None` if there are no such
    /// rows.
    pub fn next_work(&self, after: i64, limit: u32, sizes: ListSizes) -> Result<Option<(Vec<Work>, Lists)>, StoreError> {
        self.read(|connection| {
            let work = work::load(connection, after, limit)?;
            let Some(last) = work.last().map(|work| work.id) else { return Ok(None) };
            let unread_after = (work.len() == limit as usize).then_some(last);
            Ok(Some((work, load(connection, sizes, unread_after)?)))
        })
    }

    /// Returns the lists now. Every article with rows of work is waiting.
    pub fn lists(&self, sizes: ListSizes) -> Result<Lists, StoreError> {
        self.read(|connection| load(connection, sizes, Some(0)))
    }
}

/// Loads the lists. `unread_after` is the number after which there may be unread rows of work, `None` if all were read.
fn load(connection: &mut Connection, sizes: ListSizes, unread_after: Option<i64>) -> Result<Lists, StoreError> {
    let latest = latest(connection, sizes.latest)?;
    let recent = recent(connection, sizes.recent)?;
    let mut lists = Lists { latest, recent, waiting: HashSet::new() };
    if let Some(after) = unread_after {
        let named = lists.articles().into_iter().map(ArticlePath::as_str);
        let rows = generation_work::table.inner_join(articles::table).filter(generation_work::id.gt(after));
        let rows = rows.filter(articles::path.eq_any(named)).select(articles::path).distinct().load::<String>(connection)?;
        lists.waiting = rows.into_iter().map(ArticlePath::from_stored).collect();
    }
    Ok(lists)
}
