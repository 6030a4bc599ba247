//! Keeping the store's articles in step with the built site.

use std::collections::{BTreeMap, HashMap, HashSet};

use ardoise_model::{Article, ArticlePath, Status};
use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::schema::{articles, comments};
use crate::tables::articles::{ArticleRow, find};
use crate::tables::rows::StatusColumn;
use crate::tables::work;

/// The number of articles that one transaction changes, so that comments do not wait for a whole site.
const BATCH_SIZE: usize = 500;

/// An article of the built site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// The article.
    pub article: Article,
    /// The built page that carries its mark, relative to the built site.
    pub page: String,
}

/// An article of the site, with the numbers of its comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueRow {
    /// The article and its page. The page is empty if the site has no catalogue.
    pub entry: CatalogueEntry,
    /// The number of comments by status. A status without comments is absent.
    pub counts: BTreeMap<Status, u64>,
}

/// How the store treats articles that the built site does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departures<'a> {
    /// They accept no more comments.
    Apply,
    /// The same, for these articles only: another process may have added the others from a newer build.
    ApplyTo(&'a HashSet<ArticlePath>),
    /// They stay as they are: the site may be half built.
    Postpone,
    /// Only new and returned articles are added. Nothing else changes: another process maintains the catalogue.
    AddOnly,
}

/// What a synchronisation has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogueChange {
    /// The number of articles that are new or have returned.
    pub arrived: usize,
    /// The number of articles with another title, page or openness.
    pub changed: usize,
    /// Articles that the built site does not have, whether their departure was applied or not.
    pub missing: HashSet<ArticlePath>,
}

impl From<&CatalogueEntry> for ArticleRow {
    fn from(entry: &CatalogueEntry) -> Self {
        Self::new(&entry.article, &entry.page)
    }
}

impl From<ArticleRow> for CatalogueEntry {
    fn from(row: ArticleRow) -> Self {
        let page = row.page.clone();
        Self { article: row.into_article(), page }
    }
}

impl Store {
    /// Changes the articles to those of the built site. Writes nothing if nothing has changed.
    pub fn sync_catalogue(&self, entries: &[CatalogueEntry], departures: Departures<'_>) -> Result<CatalogueChange, StoreError> {
        let new: BTreeMap<String, ArticleRow> =
            entries.iter().map(|entry| (entry.article.path.as_str().to_owned(), entry.into())).collect();
        let mut difference = self.read_one(|connection| Ok(Difference::between(load_all(connection)?, &new)))?;
        if departures == Departures::AddOnly {
            difference.changed.clear();
        }
        for steps in difference.steps(departures).chunks(BATCH_SIZE) {
            self.write(|connection| steps.iter().try_for_each(|step| step.apply(connection)))?;
        }
        Ok(difference.into_change())
    }

    /// Returns the articles that the site has now, by path.
    pub fn catalogue(&self) -> Result<Vec<CatalogueRow>, StoreError> {
        self.read(|connection| {
            let mut counts = counts_by_article(connection)?;
            let rows = articles::table
                .filter(articles::is_present)
                .order(articles::path)
                .select((articles::id, ArticleRow::as_select()))
                .load::<(i64, ArticleRow)>(connection)?;
            Ok(rows
                .into_iter()
                .map(|(id, row)| CatalogueRow { entry: row.into(), counts: counts.remove(&id).unwrap_or_default() })
                .collect())
        })
    }
}

/// A stored article that gets a new row.
#[derive(Clone, Copy)]
struct Update<'a> {
    id: i64,
    row: &'a ArticleRow,
    is_retitled: bool,
}

/// The difference between the stored articles and those of the built site.
struct Difference<'a> {
    new: Vec<&'a ArticleRow>,
    /// Stored articles that were missing before.
    returned: Vec<Update<'a>>,
    changed: Vec<Update<'a>>,
    missing: Vec<(i64, ArticlePath)>,
}

impl<'a> Difference<'a> {
    fn between(mut stored: HashMap<String, (i64, ArticleRow)>, built: &'a BTreeMap<String, ArticleRow>) -> Self {
        let mut difference = Self { new: vec![], returned: vec![], changed: vec![], missing: vec![] };
        for (path, row) in built {
            let Some((id, before)) = stored.remove(path) else {
                difference.new.push(row);
                continue;
            };
            let update = Update { id, row, is_retitled: before.title != row.title };
            if !before.is_present {
                difference.returned.push(update);
            } else if before != *row {
                difference.changed.push(update);
            }
        }
        let missing = stored.into_values().filter(|(_, row)| row.is_present);
        difference.missing = missing.map(|(id, row)| (id, ArticlePath::from_stored(row.path))).collect();
        difference
    }

    fn into_change(self) -> CatalogueChange {
        CatalogueChange {
            arrived: self.new.len() + self.returned.len(),
            changed: self.changed.len(),
            missing: self.missing.into_iter().map(|(_, path)| path).collect(),
        }
    }

    fn steps(&self, departures: Departures<'_>) -> Vec<Step<'a>> {
        let departs = |path: &ArticlePath| match departures {
            Departures::Apply => true,
            Departures::ApplyTo(paths) => paths.contains(path),
            Departures::Postpone | Departures::AddOnly => false,
        };
        let additions = self.new.iter().map(|row| Step::Add(row));
        let updates = self.returned.iter().chain(&self.changed).map(|update| Step::Update(*update));
        let removals = self.missing.iter().filter(|(_, path)| departs(path)).map(|(id, _)| Step::Remove(*id));
        additions.chain(updates).chain(removals).collect()
    }
}

/// The change of one article.
enum Step<'a> {
    Add(&'a ArticleRow),
    Update(Update<'a>),
    Remove(i64),
}

impl Step<'_> {
    fn apply(&self, connection: &mut Connection) -> Result<(), StoreError> {
        match self {
            // Another process may read the same site and have added the article.
            Self::Add(row) => match find(connection, &row.path)? {
                None => drop(diesel::insert_into(articles::table).values((*row).clone()).execute(connection)?),
                Some((id, stored)) if stored != **row => set(connection, id, row)?,
                Some(_) => {}
            },
            Self::Update(Update { id, row, is_retitled }) => {
                set(connection, *id, row)?;
                // The list of the newest comments and the article's files show titles.
                if *is_retitled && has_published(connection, *id)? {
                    work::add(connection, *id)?;
                }
            }
            Self::Remove(id) => {
                diesel::update(articles::table.find(id)).set(articles::is_present.eq(false)).execute(connection)?;
            }
        }
        Ok(())
    }
}

fn has_published(connection: &mut Connection, id: i64) -> Result<bool, StoreError> {
    let approved: i64 = articles::table.find(id).select(articles::approved).get_result(connection)?;
    Ok(approved > 0)
}

fn set(connection: &mut Connection, id: i64, row: &ArticleRow) -> Result<(), StoreError> {
    diesel::update(articles::table.find(id)).set(row.clone()).execute(connection)?;
    Ok(())
}

/// Returns all rows with their ids, by path.
fn load_all(connection: &mut Connection) -> Result<HashMap<String, (i64, ArticleRow)>, StoreError> {
    let rows = articles::table.select((articles::id, ArticleRow::as_select())).load::<(i64, ArticleRow)>(connection)?;
    Ok(rows.into_iter().map(|(id, row)| (row.path.clone(), (id, row))).collect())
}

fn counts_by_article(connection: &mut Connection) -> Result<HashMap<i64, BTreeMap<Status, u64>>, StoreError> {
    let rows = comments::table
        .group_by((comments::article_id, comments::status))
        .select((comments::article_id, comments::status, count_star()))
        .load::<(i64, StatusColumn, i64)>(connection)?;
    let mut counts: HashMap<i64, BTreeMap<Status, u64>> = HashMap::new();
    for (article, StatusColumn(status), count) in rows {
        counts.entry(article).or_default().insert(status, count.unsigned_abs());
    }
    Ok(counts)
}
