use ardoise_model::{Actor, ArticlePath, CommentId, Status, Timestamp};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::schema::{articles, comments, decisions, edits, moderation_log};
use crate::tables::comments::parse_id;
use crate::{Store, StoreError};

/// Something that was done to a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// What.
    pub deed: Action,
    /// The comment; none where it was removed since.
    pub comment: Option<LogSubject>,
}

/// The comment to which something was done, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSubject {
    /// Its identity.
    pub id: CommentId,
    /// Its author's name; empty where it was erased.
    pub author: String,
    /// Its article.
    pub article: ArticlePath,
}

/// What can be done to a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It was given a status.
    Decided(Status),
    /// It was changed.
    Edited,
    /// It is an answer in the owner's name, and was published.
    Replied,
    /// Its sender was banned: their browser, or their network.
    Banned,
    /// The ban on its sender was lifted.
    Unbanned,
}

/// When, by whom, by which way, to which comment.
type Row = (i64, String, String, Option<(String, String, String)>);

/// Lines of the log, with the comments that they are about.
macro_rules! logged {
    () => {
        moderation_log::table.left_join(comments::table.inner_join(articles::table)).select((
            moderation_log::act,
            (
                moderation_log::done_at,
                moderation_log::moderator,
                moderation_log::via,
                (comments::id, comments::author, articles::path).nullable(),
            ),
        ))
    };
}

impl Store {
    /// What was done last, newest first, `most` acts at most.
    pub fn log(&self, most: u32) -> Result<Vec<LogEntry>, StoreError> {
        let mut acts = self.read(|connection| {
            let mut acts = decided(connection, most)?;
            acts.extend(edited(connection, most)?);
            let others = logged!().order(moderation_log::id.desc()).limit(most.into()).load::<(String, Row)>(connection)?;
            acts.extend(others.into_iter().map(other).collect::<Result<Vec<_>, _>>()?);
            Ok(acts)
        })?;
        acts.sort_by_key(|act| std::cmp::Reverse(act.at));
        acts.truncate(most as usize);
        Ok(acts)
    }

    /// What was done to a comment besides decisions and edits, oldest first.
    pub fn other_actions(&self, id: &CommentId) -> Result<Vec<LogEntry>, StoreError> {
        let of_comment = logged!().filter(moderation_log::comment_id.eq(id.as_str())).order(moderation_log::id);
        let rows = self.ask(|connection| Ok(of_comment.load::<(String, Row)>(connection)?))?;
        rows.into_iter().map(other).collect()
    }
}

/// Writes a line into the log.
pub(crate) fn add(
    connection: &mut Connection,
    deed: Action,
    comment: Option<&CommentId>,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = (
        moderation_log::act.eq(word(deed)),
        moderation_log::comment_id.eq(comment.map(CommentId::as_str)),
        moderation_log::done_at.eq(now.0),
        moderation_log::moderator.eq(&actor.moderator),
        moderation_log::via.eq(actor.via.as_str()),
    );
    diesel::insert_into(moderation_log::table).values(row).execute(connection)?;
    Ok(())
}

/// Acts that have no table of their own.
const OTHERS: [(&str, Action); 3] = [("replied", Action::Replied), ("banned", Action::Banned), ("unbanned", Action::Unbanned)];

fn word(deed: Action) -> &'static str {
    OTHERS.iter().find(|(_, other)| *other == deed).map_or("", |(word, _)| word)
}

fn decided(connection: &mut Connection, most: u32) -> Result<Vec<LogEntry>, StoreError> {
    let rows = decisions::table
        .inner_join(comments::table.inner_join(articles::table))
        .order(decisions::id.desc())
        .limit(most.into())
        .select((
            decisions::status,
            (decisions::decided_at, decisions::moderator, decisions::via, (comments::id, comments::author, articles::path).nullable()),
        ))
        .load::<(String, Row)>(connection)?;
    rows.into_iter().map(|(status, row)| act(row, Action::Decided(status.parse().map_err(StoreError::Unreadable)?))).collect()
}

fn edited(connection: &mut Connection, most: u32) -> Result<Vec<LogEntry>, StoreError> {
    let rows = edits::table
        .inner_join(comments::table.inner_join(articles::table))
        .order(edits::id.desc())
        .limit(most.into())
        .select((edits::edited_at, edits::moderator, edits::via, (comments::id, comments::author, articles::path).nullable()))
        .load::<Row>(connection)?;
    rows.into_iter().map(|row| act(row, Action::Edited)).collect()
}

fn other((word, row): (String, Row)) -> Result<LogEntry, StoreError> {
    let deed = OTHERS.iter().find(|(known, _)| *known == word).map(|(_, deed)| *deed);
    act(row, deed.ok_or_else(|| StoreError::Unreadable(format!("{word:?} as an act in the log")))?)
}

fn act((at, moderator, via, comment): Row, deed: Action) -> Result<LogEntry, StoreError> {
    let by = Actor { moderator, via: via.parse().map_err(StoreError::Unreadable)? };
    let subject = |(id, author, article): (String, String, String)| {
        Ok::<_, StoreError>(LogSubject { id: parse_id(&id)?, author, article: ArticlePath::from_stored(article) })
    };
    Ok(LogEntry { at: Timestamp(at), by, deed, comment: comment.map(subject).transpose()? })
}
