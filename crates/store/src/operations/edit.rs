use ardoise_model::{Actor, CommentId, Status, Timestamp};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::schema::comments;
use crate::tables::rows::StatusColumn;
use crate::tables::{edits, work};

/// The outcome of a moderator's edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    /// The comment has the new text.
    Done,
    /// The comment had that text already.
    Same,
    /// The comment's text was changed since the edit was begun. Nothing was changed.
    Overtaken,
}

impl Store {
    /// Replaces a comment's text and stores the former one. The new text must have passed the model's rule for texts.
    ///
    /// `base` is the text that was edited. If the comment's text is another by now, it stays. If the comment is approved, a row of work
    /// publishes the change.
    pub fn edit(&self, id: &CommentId, base: &str, text: &str, actor: &Actor, now: Timestamp) -> Result<Edited, StoreError> {
        self.write(|connection| {
            let current = comments::table.find(id.as_str()).select(comments::text).get_result::<String>(connection).optional()?;
            let current = current.ok_or_else(|| StoreError::NoSuchComment(id.to_string()))?;
            if current.is_empty() {
                return Err(StoreError::Erased(id.clone()));
            }
            if current != base && current != text {
                return Ok(Edited::Overtaken);
            }
            Ok(if replace_text(connection, id, text, actor, now)? { Edited::Done } else { Edited::Same })
        })
    }
}

/// Replaces a comment's text and stores the former one. Returns false if the text is the same.
pub(crate) fn replace_text(
    connection: &mut Connection,
    id: &CommentId,
    text: &str,
    actor: &Actor,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (article, status, former) = comments::table
        .find(id.as_str())
        .select((comments::article_id, comments::status, comments::text))
        .first::<(i64, StatusColumn, String)>(connection)
        .optional()?
        .ok_or_else(|| StoreError::NoSuchComment(id.to_string()))?;
    if former == text {
        return Ok(false);
    }
    edits::add(connection, id, &former, actor, now)?;
    diesel::update(comments::table.find(id.as_str()))
        .set((comments::text.eq(text), comments::fingerprint.eq(ardoise_model::fingerprint(text))))
        .execute(connection)?;
    if status.0 == Status::Approved {
        work::add(connection, article)?;
    }
    Ok(true)
}
