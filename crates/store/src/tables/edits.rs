use ardoise_model::{Actor, CommentId, Status, Timestamp, Via};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::schema::{comments, edits};
use crate::tables::work;
use crate::{Store, StoreError};

/// What a comment's text was before somebody changed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The former text.
    pub text: String,
    /// When it was changed.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
}

/// What became of a moderator's edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    /// The comment has the new text.
    Done,
    /// The comment had that text already.
    Same,
    /// The text is not the one that the edit was made of. Nothing was changed.
    Overtaken,
}

impl Store {
    /// Gives a comment another text, which the model's rule for texts has passed, and keeps the former one.
    ///
    /// `base` is the text that was edited; if the comment says something else by now, it stays as it is. Where readers see the comment, a row of
    /// work publishes the change.
    pub fn edit(&self, id: &CommentId, base: &str, text: &str, actor: &Actor, now: Timestamp) -> Result<Edited, StoreError> {
        self.write(|connection| {
            let there = comments::table.find(id.as_str()).select(comments::text).get_result::<String>(connection).optional()?;
            let there = there.ok_or_else(|| StoreError::NoSuchComment(id.to_string()))?;
            if there.is_empty() {
                return Err(StoreError::Erased(id.clone()));
            }
            if there != base && there != text {
                return Ok(Edited::Overtaken);
            }
            Ok(if edit(connection, id, text, actor, now)? { Edited::Done } else { Edited::Same })
        })
    }

    /// Whether a comment's author has changed its text, name or site since it came in.
    pub fn is_changed_by_author(&self, id: &CommentId) -> Result<bool, StoreError> {
        self.ask(|connection| is_by_author(connection, id))
    }

    /// The first and the last changes of a comment's text, so many at most of each, oldest first; and how many lie between them.
    ///
    /// Texts are long, and there is no limit on how often moderators change them.
    pub fn edits_at_both_ends(&self, id: &CommentId, first: u32, last: u32) -> Result<(Vec<Edit>, u64), StoreError> {
        self.ask(|connection| {
            let ids = edits::table.filter(edits::comment_id.eq(id.as_str())).order(edits::id).select(edits::id).load::<i64>(connection)?;
            let (first, last) = (first as usize, last as usize);
            let between = ids.len().saturating_sub(first + last);
            let shown = ids.iter().take(first).chain(ids.iter().skip(first + between)).copied().collect::<Vec<_>>();
            let rows = edits::table.filter(edits::id.eq_any(shown)).order(edits::id).select(columns()).load::<Row>(connection)?;
            Ok((rows.into_iter().map(Edit::read).collect::<Result<_, _>>()?, between as u64))
        })
    }

    /// What a comment's text was, oldest first.
    pub fn edits(&self, id: &CommentId) -> Result<Vec<Edit>, StoreError> {
        self.ask(|connection| of(connection, id))
    }
}

pub(crate) fn of(connection: &mut Connection, id: &CommentId) -> Result<Vec<Edit>, StoreError> {
    let rows = edits::table.filter(edits::comment_id.eq(id.as_str())).order(edits::id).select(columns());
    rows.load::<Row>(connection)?.into_iter().map(Edit::read).collect()
}

type Row = (String, i64, String, String);

impl Edit {
    fn read((text, at, moderator, via): Row) -> Result<Self, StoreError> {
        Ok(Self { text, at: Timestamp(at), by: Actor { moderator, via: via.parse().map_err(StoreError::Unreadable)? } })
    }
}

type Columns = (edits::text, edits::edited_at, edits::moderator, edits::via);

fn columns() -> Columns {
    (edits::text, edits::edited_at, edits::moderator, edits::via)
}

/// How often a comment's author has changed its text.
pub(crate) fn count_by_author(connection: &mut Connection, id: &CommentId) -> Result<i64, StoreError> {
    let own = edits::table.filter(edits::comment_id.eq(id.as_str())).filter(edits::via.eq(Via::Author.as_str()));
    Ok(own.count().get_result(connection)?)
}

pub(crate) fn edit(connection: &mut Connection, id: &CommentId, text: &str, actor: &Actor, now: Timestamp) -> Result<bool, StoreError> {
    let (article, status, before) = comments::table
        .find(id.as_str())
        .select((comments::article_id, comments::status, comments::text))
        .first::<(i64, String, String)>(connection)
        .optional()?
        .ok_or_else(|| StoreError::NoSuchComment(id.to_string()))?;
    if before == text {
        return Ok(false);
    }
    keep(connection, id, &before, actor, now)?;
    diesel::update(comments::table.find(id.as_str()))
        .set((comments::text.eq(text), comments::fingerprint.eq(ardoise_model::fingerprint(text))))
        .execute(connection)?;
    if status == Status::Approved.as_str() {
        work::add(connection, article)?;
    }
    Ok(true)
}

/// Whether a comment's author has changed it since it came in.
pub(crate) fn is_by_author(connection: &mut Connection, id: &CommentId) -> Result<bool, StoreError> {
    let own = edits::table.filter(edits::comment_id.eq(id.as_str())).filter(edits::via.eq(Via::Author.as_str())).select(edits::id);
    Ok(own.first::<i64>(connection).optional()?.is_some())
}

/// Keeps what a comment's text was before a change.
pub(crate) fn keep(connection: &mut Connection, id: &CommentId, former: &str, actor: &Actor, now: Timestamp) -> Result<(), StoreError> {
    let row = (
        edits::comment_id.eq(id.as_str()),
        edits::text.eq(former),
        edits::edited_at.eq(now.0),
        edits::moderator.eq(&actor.moderator),
        edits::via.eq(actor.via.as_str()),
    );
    diesel::insert_into(edits::table).values(row).execute(connection)?;
    Ok(())
}
