use std::collections::{BTreeMap, HashMap, HashSet};

use ardoise_model::{Article, ArticlePath, CommentId, Facts, Status, Timestamp};
use diesel::dsl::{count_star, exists};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::schema::{articles, comments};
use crate::tables::work;
use crate::{Store, StoreError};

/// As many articles are brought in at a time: nobody who has a comment to store waits for a whole site.
const TOGETHER: usize = 500;

/// An article as the built site has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// The article.
    pub article: Article,
    /// The built page that carries its mark, relative to the built site.
    pub page: String,
}

/// An article that the site has, with its comments counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueRow {
    /// The article and its page; the page is empty where there is no catalogue.
    pub entry: CatalogueEntry,
    /// Comments by status; a status without comments is absent.
    pub counts: BTreeMap<Status, u64>,
}

/// How far the store follows a built site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departures<'a> {
    /// An article that the built site does not have takes no more comments.
    Apply,
    /// The same for these articles alone: another process may have added the others from a newer build.
    ApplyTo(&'a HashSet<ArticlePath>),
    /// An article that the built site does not have stays as it was: the site may be half built.
    Postpone,
    /// Articles that are new, or back, are added; everything else stays as it was: another process keeps the catalogue.
    AddOnly,
}

/// What a catalogue brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogueChange {
    /// Articles that are new, or back.
    pub arrived: usize,
    /// Articles with another title, page or openness.
    pub changed: usize,
    /// Articles that the site has not: gone, or postponed.
    pub missing: HashSet<ArticlePath>,
}

#[derive(Queryable, Selectable, AsChangeset, Insertable, Clone, PartialEq)]
// A page that does not close any more has no such moment any more.
#[diesel(table_name = articles, treat_none_as_null = true)]
pub(crate) struct ArticleRow {
    path: String,
    title: String,
    is_open: bool,
    page: String,
    is_present: bool,
    closes_at: Option<i64>,
    dated_at: Option<i64>,
}

impl From<&CatalogueEntry> for ArticleRow {
    fn from(entry: &CatalogueEntry) -> Self {
        Self {
            path: entry.article.path.as_str().to_owned(),
            title: entry.article.title.clone(),
            is_open: entry.article.open,
            page: entry.page.clone(),
            is_present: true,
            closes_at: entry.article.closes_at.map(|closes_at| closes_at.0),
            dated_at: entry.article.dated_at.map(|dated_at| dated_at.0),
        }
    }
}

impl ArticleRow {
    pub(crate) fn into_article(self) -> Article {
        let Self { path, title, is_open: open, closes_at, dated_at, .. } = self;
        let path = ArticlePath::from_stored(path);
        Article { path, title, open, closes_at: closes_at.map(Timestamp), dated_at: dated_at.map(Timestamp) }
    }
}

impl From<ArticleRow> for CatalogueEntry {
    fn from(row: ArticleRow) -> Self {
        let page = row.page.clone();
        Self { article: row.into_article(), page }
    }
}

impl Store {
    /// Brings the articles to what the built site has. Writes nothing where nothing changed.
    pub fn sync_catalogue(&self, entries: &[CatalogueEntry], departures: Departures<'_>) -> Result<CatalogueChange, StoreError> {
        let new: BTreeMap<String, ArticleRow> =
            entries.iter().map(|entry| (entry.article.path.as_str().to_owned(), entry.into())).collect();
        let mut difference = self.ask(|connection| Ok(Difference::between(load_all(connection)?, &new)))?;
        if departures == Departures::AddOnly {
            difference.changed.clear();
        }
        for steps in difference.steps(departures).chunks(TOGETHER) {
            self.write(|connection| steps.iter().try_for_each(|step| step.apply(connection)))?;
        }
        Ok(difference.change())
    }

    /// The articles that the site has now, by path.
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

    /// What the rules must know about a submission to `path` that answers `reply_to`.
    pub fn facts(&self, path: &ArticlePath, reply_to: Option<&CommentId>) -> Result<Facts, StoreError> {
        // Comments never change their article, so the two questions need not see one state.
        self.ask(|connection| facts(connection, path, reply_to).map(|(_, facts)| facts))
    }
}

/// The row of `path`, where there is one, and what the rules must know.
pub(crate) fn facts(
    connection: &mut Connection,
    path: &ArticlePath,
    reply_to: Option<&CommentId>,
) -> Result<(Option<i64>, Facts), StoreError> {
    let Some((id, row)) = find(connection, path.as_str())? else { return Ok((None, Facts::default())) };
    let parent_known = match reply_to {
        Some(parent) => {
            let comment = comments::table.filter(comments::id.eq(parent.as_str())).filter(comments::article_id.eq(id));
            diesel::select(exists(comment)).get_result(connection)?
        }
        None => false,
    };
    Ok((Some(id), Facts { article: row.is_present.then(|| CatalogueEntry::from(row).article), parent_known, ..Facts::default() }))
}

/// The row of `path`; made where there is none.
pub(crate) fn id_of(connection: &mut Connection, path: &ArticlePath) -> Result<i64, StoreError> {
    find(connection, path.as_str())?.map_or_else(|| add(connection, path), |(id, _)| Ok(id))
}

/// Makes a row for `path`, as on a site without a catalogue.
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

/// Takes note of a change of what readers see of an article: `by` is the change in its count of approved comments.
///
/// The count, the change's number and the row of work are one transaction with whatever made the change.
pub(crate) fn published_change(connection: &mut Connection, id: i64, by: i64) -> Result<(), StoreError> {
    let last: Option<i64> = articles::table.select(diesel::dsl::max(articles::revision)).get_result(connection)?;
    diesel::update(articles::table.find(id))
        .set((articles::approved.eq(articles::approved + by), articles::revision.eq(last.unwrap_or_default() + 1)))
        .execute(connection)?;
    work::add(connection, id)
}

/// Takes note that readers are to see another text, though no other number of comments.
pub(crate) fn touch(connection: &mut Connection, path: &ArticlePath) -> Result<(), StoreError> {
    let id = id_of(connection, path)?;
    work::add(connection, id)
}

fn find(connection: &mut Connection, path: &str) -> Result<Option<(i64, ArticleRow)>, StoreError> {
    let row = articles::table.filter(articles::path.eq(path)).select((articles::id, ArticleRow::as_select()));
    // Not `first`: SQLite prepares a statement anew each time its LIMIT is bound. There is one row of a path at most.
    Ok(row.get_result(connection).optional()?)
}

struct Difference<'a> {
    arrived: Vec<&'a ArticleRow>,
    /// Articles that were missing before.
    back: Vec<(i64, &'a ArticleRow, bool)>,
    /// With its row, and whether its title is another.
    changed: Vec<(i64, &'a ArticleRow, bool)>,
    missing: Vec<(i64, ArticlePath)>,
}

/// One article's share in a difference.
enum Step<'a> {
    Arrive(&'a ArticleRow),
    Change(i64, &'a ArticleRow, bool),
    Depart(i64),
}

impl<'a> Difference<'a> {
    fn between(mut old: HashMap<String, (i64, ArticleRow)>, new: &'a BTreeMap<String, ArticleRow>) -> Self {
        let mut difference = Self { arrived: vec![], back: vec![], changed: vec![], missing: vec![] };
        for (path, row) in new {
            match old.remove(path) {
                None => difference.arrived.push(row),
                Some((id, before)) if !before.is_present => difference.back.push((id, row, before.title != row.title)),
                Some((id, before)) if before != *row => difference.changed.push((id, row, before.title != row.title)),
                Some(_) => {}
            }
        }
        let missing = old.into_values().filter(|(_, row)| row.is_present);
        difference.missing = missing.map(|(id, row)| (id, ArticlePath::from_stored(row.path))).collect();
        difference
    }

    fn change(self) -> CatalogueChange {
        CatalogueChange {
            arrived: self.arrived.len() + self.back.len(),
            changed: self.changed.len(),
            missing: self.missing.into_iter().map(|(_, path)| path).collect(),
        }
    }

    fn steps(&self, departures: Departures<'_>) -> Vec<Step<'a>> {
        let departs = |path: &ArticlePath| match departures {
            Departures::Apply => true,
            Departures::ApplyTo(these) => these.contains(path),
            Departures::Postpone | Departures::AddOnly => false,
        };
        let arrive = self.arrived.iter().map(|row| Step::Arrive(row));
        let change = self.back.iter().chain(&self.changed).map(|&(id, row, retitled)| Step::Change(id, row, retitled));
        let depart = self.missing.iter().filter(|(_, path)| departs(path)).map(|(id, _)| Step::Depart(*id));
        arrive.chain(change).chain(depart).collect()
    }
}

impl Step<'_> {
    fn apply(&self, connection: &mut Connection) -> Result<(), StoreError> {
        match self {
            // Another process may read the same site, and have been faster.
            Self::Arrive(row) => match find(connection, &row.path)? {
                None => drop(diesel::insert_into(articles::table).values((*row).clone()).execute(connection)?),
                Some((id, there)) if there != **row => set(connection, id, row)?,
                Some(_) => {}
            },
            Self::Change(id, row, retitled) => {
                set(connection, *id, row)?;
                // The list of newest comments shows titles.
                if *retitled {
                    work::add(connection, *id)?;
                }
            }
            Self::Depart(id) => {
                diesel::update(articles::table.find(id)).set(articles::is_present.eq(false)).execute(connection)?;
            }
        }
        Ok(())
    }
}

fn set(connection: &mut Connection, id: i64, row: &ArticleRow) -> Result<(), StoreError> {
    diesel::update(articles::table.find(id)).set(row.clone()).execute(connection)?;
    Ok(())
}

fn load_all(connection: &mut Connection) -> Result<HashMap<String, (i64, ArticleRow)>, StoreError> {
    let rows = articles::table.select((articles::id, ArticleRow::as_select())).load::<(i64, ArticleRow)>(connection)?;
    Ok(rows.into_iter().map(|(id, row)| (row.path.clone(), (id, row))).collect())
}

fn counts_by_article(connection: &mut Connection) -> Result<HashMap<i64, BTreeMap<Status, u64>>, StoreError> {
    let rows = comments::table
        .group_by((comments::article_id, comments::status))
        .select((comments::article_id, comments::status, count_star()))
        .load::<(i64, String, i64)>(connection)?;
    let mut counts: HashMap<i64, BTreeMap<Status, u64>> = HashMap::new();
    for (article, status, count) in rows {
        let status = status.parse().map_err(StoreError::Unreadable)?;
        counts.entry(article).or_default().insert(status, count.unsigned_abs());
    }
    Ok(counts)
}
