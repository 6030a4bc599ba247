use ardoise_model::{Actor, ArticlePath, CommentId, Status, Timestamp};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::schema::{articles, comments, decisions, edits, moderation_log};
use crate::tables::rows::{ActorRow, IdColumn, StatusColumn};

/// An action on a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// The time of the action.
    pub at: Timestamp,
    /// The person who acted.
    pub by: Actor,
    /// The action.
    pub action: Action,
    /// The comment; `None` if it was removed since.
    pub comment: Option<LogSubject>,
}

/// The comment of a log entry, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSubject {
    /// Its id.
    pub id: CommentId,
    /// The name of its author; empty if it was erased.
    pub author: String,
    /// Its article.
    pub article: ArticlePath,
}

/// What was done to a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It was given a status.
    Decided(Status),
    /// Its text was changed.
    Edited,
    /// It was written and published in the owner's name, as an answer.
    Replied,
    /// Its sender was banned, by browser or network.
    Banned,
    /// The ban of its sender was lifted.
    Unbanned,
}

/// The time, the actor, and the comment's id, author and article.
type Row = (i64, ActorRow, Option<(IdColumn, String, String)>);

/// The rows of `moderation_log` with the names of their actions. A macro, because diesel's type of a joined query cannot be written down.
macro_rules! logged_actions {
    () => {
        moderation_log::table.left_join(comments::table.inner_join(articles::table)).select((
            moderation_log::act,
            (
                moderation_log::done_at,
                (moderation_log::moderator, moderation_log::via),
                (comments::id, comments::author, articles::path).nullable(),
            ),
        ))
    };
}

impl Store {
    /// Returns the last actions, newest first, `limit` at most.
    pub fn log(&self, limit: u32) -> Result<Vec<LogEntry>, StoreError> {
        let mut entries = self.read(|connection| {
            let mut entries = last_decisions(connection, limit)?;
            entries.extend(last_edits(connection, limit)?);
            let others = logged_actions!().order(moderation_log::id.desc()).limit(limit.into()).load::<(String, Row)>(connection)?;
            entries.extend(others.into_iter().map(other_entry).collect::<Result<Vec<_>, _>>()?);
            Ok(entries)
        })?;
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        entries.truncate(limit as usize);
        Ok(entries)
    }

    /// Returns the actions on a comment other than decisions and edits, oldest first.
    pub fn other_actions(&self, id: &CommentId) -> Result<Vec<LogEntry>, StoreError> {
        let of_comment = logged_actions!().filter(moderation_log::comment_id.eq(id.as_str())).order(moderation_log::id);
        let rows = self.read_one(|connection| Ok(of_comment.load::<(String, Row)>(connection)?))?;
        rows.into_iter().map(other_entry).collect()
    }
}

/// Inserts an action that has no table of its own.
pub(crate) fn add(
    connection: &mut Connection,
    action: Action,
    comment: Option<&CommentId>,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = (
        moderation_log::act.eq(action_name(action)),
        moderation_log::comment_id.eq(comment.map(CommentId::as_str)),
        moderation_log::done_at.eq(now.0),
        moderation_log::moderator.eq(&actor.moderator),
        moderation_log::via.eq(actor.via.as_str()),
    );
    diesel::insert_into(moderation_log::table).values(row).execute(connection)?;
    Ok(())
}

/// The actions that have no table of their own, and their names in the column `act`.
const OTHER_ACTIONS: [(&str, Action); 3] = [("replied", Action::Replied), ("banned", Action::Banned), ("unbanned", Action::Unbanned)];

fn action_name(action: Action) -> &'static str {
    OTHER_ACTIONS.iter().find(|(_, other)| *other == action).map_or("", |(name, _)| name)
}

fn last_decisions(connection: &mut Connection, limit: u32) -> Result<Vec<LogEntry>, StoreError> {
    let rows = decisions::table
        .inner_join(comments::table.inner_join(articles::table))
        .order(decisions::id.desc())
        .limit(limit.into())
        .select((
            decisions::status,
            (decisions::decided_at, (decisions::moderator, decisions::via), (comments::id, comments::author, articles::path).nullable()),
        ))
        .load::<(StatusColumn, Row)>(connection)?;
    Ok(rows.into_iter().map(|(status, row)| entry(row, Action::Decided(status.0))).collect())
}

fn last_edits(connection: &mut Connection, limit: u32) -> Result<Vec<LogEntry>, StoreError> {
    let rows = edits::table
        .inner_join(comments::table.inner_join(articles::table))
        .order(edits::id.desc())
        .limit(limit.into())
        .select((edits::edited_at, (edits::moderator, edits::via), (comments::id, comments::author, articles::path).nullable()))
        .load::<Row>(connection)?;
    Ok(rows.into_iter().map(|row| entry(row, Action::Edited)).collect())
}

fn other_entry((name, row): (String, Row)) -> Result<LogEntry, StoreError> {
    let action = OTHER_ACTIONS.iter().find(|(known, _)| *known == name).map(|(_, action)| *action);
    Ok(entry(row, action.ok_or_else(|| StoreError::Unreadable(format!("{name:?} as an act in the log")))?))
}

fn entry((at, by, comment): Row, action: Action) -> LogEntry {
    let subject = |(IdColumn(id), author, article)| LogSubject { id, author, article: ArticlePath::from_stored(article) };
    LogEntry { at: Timestamp(at), by: by.into(), action, comment: comment.map(subject) }
}
