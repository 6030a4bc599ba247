//! Moving a site from one database to another, row by row, with every number as it was.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::schema::{
    articles, bans, challenges, comments, decisions, edits, generation_work, identity, messages, moderation_log, proofs, secrets, sessions,
    sign_ins, subscribers, subscriptions,
};
use crate::{Store, StoreError};

/// As many rows are held at a time.
const PAGE: i64 = 1024;

/// How many rows were brought over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CopyReport {
    /// Articles.
    pub articles: u64,
    /// Comments of every status.
    pub comments: u64,
    /// Decisions about them.
    pub decisions: u64,
    /// Changes that wait to be published.
    pub work: u64,
}

/// Brings all that `from` holds to `to`, in which there must be no comment, and then compares the two row by row. All of it, or nothing.
///
/// What comes to `from` after this has begun is not brought over. `progress` is told how many rows were copied or compared.
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
            go_on(target)?;
            Ok(copied)
        })
        .and_then(|copied| to.read(|target| compare_tables(source, target, &mut step)).map(|()| copied))
    })
}

/// Tables whose rows are numbered.
const NUMBERED: [&str; 14] = [
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
    "messages",
    "challenges",
    "proofs",
];

/// Numbers go on where they were. SQLite sees to that itself.
fn go_on(target: &mut Connection) -> Result<(), StoreError> {
    if let Connection::Postgres(target) = target {
        for table in NUMBERED {
            target.batch_execute(&format!(
                "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT COALESCE(MAX(id), 0) + 1 FROM {table}), false)"
            ))?;
        }
    }
    Ok(())
}

/// Answers may come before what they answer.
fn defer_references(target: &mut Connection) -> Result<(), StoreError> {
    match target {
        Connection::Sqlite(target) => target.batch_execute("PRAGMA defer_foreign_keys = ON")?,
        Connection::Postgres(target) => target.batch_execute("SET CONSTRAINTS ALL DEFERRED")?,
    }
    Ok(())
}

/// A database counts as empty if no reader has sent anything to it. What a mere start of `serve` puts there gives way: the catalogue,
/// keys, challenges, sessions.
fn clear(target: &mut Connection) -> Result<(), StoreError> {
    let there: i64 = comments::table.count().get_result(target)?;
    if there > 0 {
        return Err(StoreError::NotEmpty(there.unsigned_abs()));
    }
    for table in NUMBERED.iter().rev().chain(&["identity"]) {
        target.batch_execute(&format!("DELETE FROM {table}"))?;
    }
    Ok(())
}

/// A table's rows in full, in pages, by their key.
macro_rules! table {
    ($name:ident, $row:ident, $key:ty { $($column:ident: $type:ty),* $(,)? }) => {
        #[derive(Queryable, Selectable, Insertable, Clone, PartialEq, Debug)]
        #[diesel(table_name = $name)]
        struct $row { $($column: $type),* }

        impl $row {
            fn page(connection: &mut Connection, after: Option<&$key>) -> Result<Vec<Self>, StoreError> {
                let rows = $name::table.order($name::id).limit(PAGE).select(Self::as_select());
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
    id: String, article_id: i64, parent_id: Option<String>, status: String, author: String, email: Option<String>,
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
table!(messages, MessageRow, i64 {
    id: i64, channel: String, kind: String, comment_id: Option<String>, created_at: i64, due_at: i64, attempts: i64, error: Option<String>,
});
table!(identity, IdentityRow, i64 { id: i64, database_id: String, epoch: String, place: String, tree: String });
table!(challenges, ChallengeRow, i64 { id: i64, challenge: String, drawn_at: i64 });
table!(proofs, ProofRow, i64 { id: i64, proof: String, expires_at: i64 });

/// The rest, which nobody wants to see counted, in an order in which what is named comes first.
macro_rules! others {
    ($($row:ident)*) => {
        fn copy_others(source: &mut Connection, target: &mut Connection, step: &mut dyn FnMut(usize)) -> Result<(), StoreError> {
            $($row::copy(source, target, step)?;)*
            Ok(())
        }

        fn compare_others(source: &mut Connection, target: &mut Connection, step: &mut dyn FnMut(usize)) -> Result<(), StoreError> {
            $($row::compare(source, target, step)?;)*
            Ok(())
        }
    };
}

others!(EditRow BanRow LogRow SecretRow SessionRow SignInRow SubscriberRow SubscriptionRow MessageRow ChallengeRow ProofRow IdentityRow);

fn copy_tables(source: &mut Connection, target: &mut Connection, step: &mut dyn FnMut(usize)) -> Result<CopyReport, StoreError> {
    defer_references(target)?;
    let copied = CopyReport {
        articles: ArticleRow::copy(source, target, step)?,
        comments: CommentRow::copy(source, target, step)?,
        decisions: DecisionRow::copy(source, target, step)?,
        work: WorkRow::copy(source, target, step)?,
    };
    copy_others(source, target, step)?;
    Ok(copied)
}

fn compare_tables(source: &mut Connection, target: &mut Connection, step: &mut dyn FnMut(usize)) -> Result<(), StoreError> {
    ArticleRow::compare(source, target, step)?;
    CommentRow::compare(source, target, step)?;
    DecisionRow::compare(source, target, step)?;
    WorkRow::compare(source, target, step)?;
    compare_others(source, target, step)
}
