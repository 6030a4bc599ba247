use ardoise_model::{Actor, CommentId, Status, Timestamp};
use diesel::prelude::*;

use crate::comments::parse_id;
use crate::connection::Connection;
use crate::schema::{bans, decisions, edits};
use crate::{Store, StoreError};

/// Something that was done to a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// What.
    pub deed: Deed,
    /// The comment; none where the row that named it is gone.
    pub comment: Option<CommentId>,
}

/// What can be done to a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// It was given a status.
    Decided(Status),
    /// Its text was changed.
    Edited,
    /// Its sender was banned: his browser, or his network.
    Banned,
}

/// When, by whom, by which way, to which comment.
type Row = (i64, String, String, Option<String>);

impl Store {
    /// What was done last, newest first, so much at most.
    pub fn log(&self, most: u32) -> Result<Vec<Act>, StoreError> {
        let mut acts = self.read(|connection| {
            let mut acts = decided(connection, most)?;
            let edited = edits::table.order(edits::id.desc()).limit(most.into());
            let edited = edited.select((edits::edited_at, edits::moderator, edits::via, edits::comment_id.nullable()));
            acts.extend(read(edited.load::<Row>(connection)?, Deed::Edited)?);
            // A ban on a browser and on its network is one act.
            let banned = bans::table.order(bans::id.desc()).limit(i64::from(most) * 2);
            let banned = banned.select((bans::banned_at, bans::moderator, bans::via, bans::comment_id));
            let mut banned = banned.load::<Row>(connection)?;
            banned.dedup();
            acts.extend(read(banned, Deed::Banned)?);
            Ok(acts)
        })?;
        acts.sort_by_key(|act| std::cmp::Reverse(act.at));
        acts.truncate(most as usize);
        Ok(acts)
    }
}

fn decided(connection: &mut Connection, most: u32) -> Result<Vec<Act>, StoreError> {
    let rows = decisions::table
        .order(decisions::id.desc())
        .limit(most.into())
        .select((decisions::status, (decisions::decided_at, decisions::moderator, decisions::via, decisions::comment_id.nullable())))
        .load::<(String, Row)>(connection)?;
    rows.into_iter().map(|(status, row)| act(row, Deed::Decided(status.parse().map_err(StoreError::Unreadable)?))).collect()
}

fn read(rows: Vec<Row>, deed: Deed) -> Result<Vec<Act>, StoreError> {
    rows.into_iter().map(|row| act(row, deed)).collect()
}

fn act((at, moderator, via, comment): Row, deed: Deed) -> Result<Act, StoreError> {
    let by = Actor { moderator, via: via.parse().map_err(StoreError::Unreadable)? };
    Ok(Act { at: Timestamp(at), by, deed, comment: comment.as_deref().map(parse_id).transpose()? })
}
