use ardoise_model::{Actor, CommentId, SenderHashes, Timestamp};
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::schema::{bans, comments};
use crate::tables::rows::{ActorRow, IdColumn};

/// A ban of a browser, of a network, or of both at once. Comments from there are spam.
///
/// The ban of a network holds as long as networks are hashed with the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    /// The numbers of its rows. The first one names the ban.
    pub ids: Vec<i64>,
    /// What is recognised: `author` (a browser), `network`, or both.
    pub kinds: Vec<String>,
    /// The time of the ban.
    pub at: Timestamp,
    /// The moderator who imposed it.
    pub by: Actor,
    /// The comment that was the reason; `None` if it was removed since.
    pub comment: Option<CommentId>,
    /// The name of that comment's author.
    pub author: String,
}

type Row = (i64, String, i64, ActorRow, Option<IdColumn>, Option<String>);

impl Store {
    /// Returns all bans, newest first.
    pub fn bans(&self) -> Result<Vec<Ban>, StoreError> {
        let rows = self.read_one(|connection| {
            let rows = bans::table.left_join(comments::table).order(bans::id.desc()).select((
                bans::id,
                bans::kind,
                bans::banned_at,
                (bans::moderator, bans::via),
                bans::comment_id,
                comments::author.nullable(),
            ));
            Ok(rows.load::<Row>(connection)?)
        })?;
        let mut bans: Vec<Ban> = Vec::new();
        for (id, kind, at, by, comment, author) in rows {
            let (at, by, comment) = (Timestamp(at), Actor::from(by), comment.map(|IdColumn(id)| id));
            match bans.last_mut().filter(|last| last.at == at && last.comment == comment && last.by == by) {
                // A browser and its network were banned together.
                Some(last) => {
                    last.kinds.push(kind);
                    last.ids.push(id);
                }
                None => bans.push(Ban { ids: vec![id], kinds: vec![kind], at, by, comment, author: author.unwrap_or_default() }),
            }
        }
        Ok(bans)
    }
}

/// A property by which a sender is recognised.
pub(crate) struct Identifier<'a> {
    kind: &'static str,
    value: &'a str,
}

/// Returns the properties by which a sender is recognised.
pub(crate) fn identifiers(sender: &SenderHashes) -> Vec<Identifier<'_>> {
    let columns = [("network", &sender.network), ("author", &sender.author_key)];
    columns.into_iter().filter_map(|(kind, value)| Some(Identifier { kind, value: value.as_deref()? })).collect()
}

/// Whether the sender's browser or network is banned.
pub(crate) fn is_sender_banned(connection: &mut Connection, sender: &SenderHashes) -> Result<bool, StoreError> {
    for identifier in identifiers(sender) {
        if is_banned(connection, &identifier)? {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(crate) fn is_banned(connection: &mut Connection, identifier: &Identifier<'_>) -> Result<bool, StoreError> {
    let banned = bans::table.filter(bans::value.eq(identifier.value)).filter(bans::kind.eq(identifier.kind));
    Ok(diesel::select(exists(banned)).get_result(connection)?)
}

/// Inserts a ban, with the comment that is its reason.
pub(crate) fn add(
    connection: &mut Connection,
    identifier: &Identifier<'_>,
    comment: &CommentId,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = (
        bans::kind.eq(identifier.kind),
        bans::value.eq(identifier.value),
        bans::comment_id.eq(comment.as_str()),
        bans::banned_at.eq(now.0),
        bans::moderator.eq(&actor.moderator),
        bans::via.eq(actor.via.as_str()),
    );
    diesel::insert_into(bans::table).values(row).execute(connection)?;
    Ok(())
}

/// Removes the bans of an identifier. Returns the number of removed rows.
pub(crate) fn remove(connection: &mut Connection, identifier: &Identifier<'_>) -> Result<usize, StoreError> {
    let banned = bans::table.filter(bans::kind.eq(identifier.kind)).filter(bans::value.eq(identifier.value));
    Ok(diesel::delete(banned).execute(connection)?)
}

/// Removes rows by their numbers. Returns how many there were.
pub(crate) fn remove_rows(connection: &mut Connection, ids: &[i64]) -> Result<usize, StoreError> {
    Ok(diesel::delete(bans::table.filter(bans::id.eq_any(ids))).execute(connection)?)
}
