//! What the lists of the published tree show, in one state of the database with the rows of work.
//!
//! A list that is read later than the rows of work names comments whose articles have not been written yet.

use std::collections::{BTreeSet, HashSet};

use ardoise_model::ArticlePath;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::operations::published;
use crate::schema::{articles, generation_work};
use crate::tables::work;
use crate::{Latest, RecentComment, Store, StoreError, Work};

/// How much lists hold.
#[derive(Debug, Clone, Copy)]
pub struct ListSizes {
    /// Articles whose counts changed last.
    pub latest: u32,
    /// Newest comments.
    pub recent: u32,
}

/// What lists show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lists {
    /// The counts that changed last.
    pub latest: Latest,
    /// The newest comments, newest first.
    pub recent: Vec<RecentComment>,
    /// Articles in these lists that have rows of work which the caller has not read: their files may be older than the lists.
    pub waiting: HashSet<ArticlePath>,
}

impl Lists {
    /// The articles that are named.
    pub fn articles(&self) -> BTreeSet<&ArticlePath> {
        let latest = self.latest.changes.iter().map(|change| &change.article);
        latest.chain(self.recent.iter().map(|recent| &recent.comment.article)).collect()
    }
}

impl Store {
    /// The next rows of work behind `after`, so many at most, with what lists show in the same state of the database. None: there are
    /// no rows.
    pub fn next_work(&self, after: i64, most: u32, sizes: ListSizes) -> Result<Option<(Vec<Work>, Lists)>, StoreError> {
        self.read(|connection| {
            let work = work::load(connection, after, most)?;
            let Some(last) = work.last().map(|work| work.id) else { return Ok(None) };
            let behind = (work.len() == most as usize).then_some(last);
            Ok(Some((work, load(connection, sizes, behind)?)))
        })
    }

    /// What lists show now; whatever has rows of work is waiting.
    pub fn lists(&self, sizes: ListSizes) -> Result<Lists, StoreError> {
        self.read(|connection| load(connection, sizes, Some(0)))
    }
}

/// `behind`: the number behind which rows of work may be. None: no row is.
fn load(connection: &mut Connection, sizes: ListSizes, behind: Option<i64>) -> Result<Lists, StoreError> {
    let latest = published::latest(connection, sizes.latest)?;
    let recent = published::recent(connection, sizes.recent)?;
    let mut lists = Lists { latest, recent, waiting: HashSet::new() };
    if let Some(behind) = behind {
        let named = lists.articles().into_iter().map(ArticlePath::as_str);
        let rows = generation_work::table.inner_join(articles::table).filter(generation_work::id.gt(behind));
        let rows = rows.filter(articles::path.eq_any(named)).select(articles::path).distinct().load::<String>(connection)?;
        lists.waiting = rows.into_iter().map(ArticlePath::from_stored).collect();
    }
    Ok(lists)
}
