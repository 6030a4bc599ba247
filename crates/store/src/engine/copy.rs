//! Copying a site from one database to another, row by row. Ids and numbers stay the same.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::schema::{
    articles, bans, challenges, comments, decisions, edits, generation_work, identity, jobs, moderation_log, proofs, secrets, sessions,
    sign_ins, subscribers, subscriptions,
};

/// The number of rows that are held in memory at a time.
const PAGE_SIZE: i64 = 1024;

/// The numbers of copied rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CopyReport {
    /// Articles.
    pub articles: u64,
    /// Comments of every status.
    pub comments: u64,
    /// Decisions about them.
    pub decisions: u64,
    /// Rows of work.
    pub work: u64,
}

/// Copies everything from `from` to `to`, which must hold no comment, in one transaction. Then compares the two row by row.
///
/// The copy is of a snapshot: what is written to `from` in the meantime is not copied. `progress` is called with the number of rows that
/// were copied or compared so far.
pub fn copy(from: &Store, to: &Store, progress: &dyn Fn(u64)) -> Result<CopyReport, StoreError> {
    let mut rows = 0;
    let mut step = move |more: usize| {
        rows += more as u64;
        progress(rows);
    };
    from.read(|source| {
        to.write(|target| {
            clear(target)?;
            let copied = copy_tables(source, target, &mut step)?;
            continue_numbering(target)?;
            Ok(copied)
        })
        .and_then(|copied| to.read(|target| compare_tables(source, target, &mut step)).map(|()| copied))
    })
}

/// Tables with an automatically numbered `id`.
const NUMBERED_TABLES: [&str; 14] = [
    "articles",
    "decisions",
    "generation_work",
    "edits",
    "bans",
    "moderation_log",
    "secrets",
    "sessions",
    "sign_ins",
    "subscribers",
    "subscriptions",
    "jobs",
    "challenges",
    "proofs",
];

/// Lets PostgreSQL continue numbering after the copied rows. SQLite does so by itself.
fn continue_numbering(target: &mut Connection) -> Result<(), StoreError> {
    if target.is_sqlite() {
        return Ok(());
    }
    for table in NUMBERED_TABLES {
        target.batch_execute(&format!(
            "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT COALESCE(MAX(id), 0) + 1 FROM {table}), false)"
        ))?;
    }
    Ok(())
}

/// Defers foreign keys to the commit: an answer may be copied before its parent.
fn defer_references(target: &mut Connection) -> Result<(), StoreError> {
    let statement = if target.is_sqlite() { "PRAGMA defer_foreign_keys = ON" } else { "SET CONSTRAINTS ALL DEFERRED" };
    Ok(target.batch_execute(statement)?)
}

/// Deletes what a first start of `serve` has written: the catalogue, keys, challenges and sessions. Fails if there is a comment.
fn clear(target: &mut Connection) -> Result<(), StoreError> {
    let found: i64 = comments::table.count().get_result(target)?;
    if found > 0 {
        return Err(StoreError::NotEmpty(found.unsigned_abs()));
    }
    for table in NUMBERED_TABLES.iter().rev().chain(&["identity"]) {
        target.batch_execute(&format!("DELETE FROM {table}"))?;
    }
    Ok(())
}

/// Defines a row type with all columns of a table, and copies and compares the table in pages, ordered by its key.
macro_rules! table {
    ($name:ident, $row:ident, $key:ty { $($column:ident: $type:ty),* $(,)? }) => {
        #[derive(Queryable, Selectable, Insertable, Clone, PartialEq, Debug)]
        #[diesel(table_name = $name)]
        struct $row { $($column: $type),* }

        impl $row {
            fn page(connection: &mut Connection, after: Option<&$key>) -> Result<Vec<Self>, StoreError> {
                let rows = $name::table.order($name::id).limit(PAGE_SIZE).select(Self::as_select());
                Ok(match after {
                    Some(after) => rows.filter($name::id.gt(after.clone())).load(connection)?,
                    None => rows.load(connection)?,
                })
            }

            fn copy(source: &mut Connection, target: &mut Connection, step: &mut dyn FnMut(usize)) -> Result<u64, StoreError> {
                let mut after: Option<$key> = None;
                let mut copied = 0;
                loop {
                    let page = Self::page(source, after.as_ref())?;
                    for row in &page {
                        diesel::insert_into($name::table).values(row.clone()).execute(target)?;
                    }
                    step(page.len());
                    copied += page.len() as u64;
                    match page.into_iter().next_back() {
                        Some(last) => after = Some(last.id),
                        None => return Ok(copied),
                    }
                }
            }

            fn compare(source: &mut Connection, target: &mut Connection, step: &mut dyn FnMut(usize)) -> Result<(), StoreError> {
                let mut after: Option<$key> = None;
                loop {
                    let page = Self::page(source, after.as_ref())?;
                    if page != Self::page(target, after.as_ref())? {
                        return Err(StoreError::CopyDiffers(stringify!($name)));
                    }
                    step(page.len());
                    match page.into_iter().next_back() {
                        Some(last) => after = Some(last.id),
                        None => return Ok(()),
                    }
                }
            }
        }
    };
}

table!(
    articles,
    ArticleRow,
    i64 {
        id: i64, path: String, title: String, is_open: bool, page: String, is_present: bool, approved: i64, revision: i64,
        closes_at: Option<i64>, dated_at: Option<i64>,
    }
);
table!(comments, CommentRow, String {
    id: String, article_id: i64, parent_id: Option<String>, status: String, author: String,
    site: Option<String>, text: String, edit_token_hash: String, created_at: i64, by_owner: bool, layer: Option<String>,
    network: Option<String>, author_key: Option<String>, fingerprint: String,
});
table!(decisions, DecisionRow, i64 { id: i64, comment_id: String, status: String, decided_at: i64, moderator: String, via: String });
table!(generation_work, WorkRow, i64 { id: i64, article_id: i64 });
table!(edits, EditRow, i64 { id: i64, comment_id: String, text: String, edited_at: i64, moderator: String, via: String });
table!(bans, BanRow, i64 {
    id: i64, kind: String, value: String, comment_id: Option<String>, banned_at: i64, moderator: String, via: String,
});
table!(
    moderation_log,
    LogRow,
    i64 { id: i64, act: String, comment_id: Option<String>, done_at: i64, moderator: String, via: String }
);
table!(secrets, SecretRow, i64 { id: i64, purpose: String, secret: String, drawn_at: i64 });
table!(
    sessions,
    SessionRow,
    i64 { id: i64, token_hash: String, moderator: String, agent: String, created_at: i64, seen_at: i64, expires_at: i64 }
);
table!(sign_ins, SignInRow, i64 { id: i64, token_hash: String, moderator: String, expires_at: i64 });
table!(subscribers, SubscriberRow, i64 { id: i64, email: String, asked_at: i64, confirmed_at: Option<i64>, mailed_at: Option<i64>, bounces: i64, dismissed_at: Option<i64> });
table!(subscriptions, SubscriptionRow, i64 { id: i64, subscriber_id: i64, comment_id: String });
table!(jobs, JobRow, i64 {
    id: i64, queue: String, kind: String, subject: String, comment_id: Option<String>, created_at: i64, due_at: i64, attempts: i64,
    claim: Option<String>, error: Option<String>,
});
table!(identity, IdentityRow, i64 { id: i64, database_id: String, epoch: String, place: String, tree: String });
table!(challenges, ChallengeRow, i64 { id: i64, challenge: String, drawn_at: i64 });
table!(proofs, ProofRow, i64 { id: i64, proof: String, expires_at: i64 });

/// The tables that are not in the report, in an order in which referenced rows come first.
macro_rules! other_tables {
    ($($row:ident)*) => {
        fn copy_other_tables(source: &mut Connection, target: &mut Connection, step: &mut dyn FnMut(usize)) -> Result<(), StoreError> {
            $($row::copy(source, target, step)?;)*
            Ok(())
        }

        fn compare_other_tables(source: &mut Connection, target: &mut Connection, step: &mut dyn FnMut(usize)) -> Result<(), StoreError> {
            $($row::compare(source, target, step)?;)*
            Ok(())
        }
    };
}

other_tables!(EditRow BanRow LogRow SecretRow SessionRow SignInRow SubscriberRow SubscriptionRow JobRow ChallengeRow ProofRow IdentityRow);

fn copy_tables(source: &mut Connection, target: &mut Connection, step: &mut dyn FnMut(usize)) -> Result<CopyReport, StoreError> {
    defer_references(target)?;
    let copied = CopyReport {
        articles: ArticleRow::copy(source, target, step)?,
        comments: CommentRow::copy(source, target, step)?,
        decisions: DecisionRow::copy(source, target, step)?,
        work: WorkRow::copy(source, target, step)?,
    };
    copy_other_tables(source, target, step)?;
    Ok(copied)
}

fn compare_tables(source: &mut Connection, target: &mut Connection, step: &mut dyn FnMut(usize)) -> Result<(), StoreError> {
    ArticleRow::compare(source, target, step)?;
    CommentRow::compare(source, target, step)?;
    DecisionRow::compare(source, target, step)?;
    WorkRow::compare(source, target, step)?;
    compare_other_tables(source, target, step)
}
