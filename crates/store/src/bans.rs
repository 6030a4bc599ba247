//! Whose comments are spam without being looked at. A ban holds for the browser that sent a comment, and for the network it came
//! from, for as long as the network's hash means anything.

use ardoise_model::{Actor, CommentId, Sender, Timestamp};
use diesel::prelude::*;

use crate::connection::Connection;
use crate::schema::{bans, comments};
use crate::{Store, StoreError};

impl Store {
    /// Bans the sender of a comment. False: nothing is known of him that he could be recognised by.
    pub fn ban(&self, id: &CommentId, actor: &Actor, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|connection| {
            let sender = sender(connection, id)?;
            for (kind, value) in signs(&sender) {
                if is_listed(connection, kind, value)? {
                    continue;
                }
                let row = (
                    bans::kind.eq(kind),
                    bans::value.eq(value),
                    bans::comment_id.eq(id.as_str()),
                    bans::banned_at.eq(now.0),
                    bans::moderator.eq(&actor.moderator),
                    bans::via.eq(actor.via.as_str()),
                );
                diesel::insert_into(bans::table).values(row).execute(connection)?;
            }
            Ok(signs(&sender).next().is_some())
        })
    }

    /// Takes the ban on the sender of a comment back. False: there was none.
    pub fn unban(&self, id: &CommentId) -> Result<bool, StoreError> {
        self.write(|connection| {
            let mut gone = 0;
            for (kind, value) in signs(&sender(connection, id)?) {
                gone += diesel::delete(bans::table.filter(bans::kind.eq(kind)).filter(bans::value.eq(value))).execute(connection)?;
            }
            Ok(gone > 0)
        })
    }

    /// When the sender of a comment was banned because of it, and by whom; none: he was not, or the ban was lifted.
    pub fn banned_for(&self, id: &CommentId) -> Result<Option<(Timestamp, Actor)>, StoreError> {
        let row = self.ask(|connection| {
            let bans = bans::table.filter(bans::comment_id.eq(id.as_str())).order(bans::id);
            Ok(bans.select((bans::banned_at, bans::moderator, bans::via)).first::<(i64, String, String)>(connection).optional()?)
        })?;
        row.map(|(at, moderator, via)| Ok((Timestamp(at), Actor { moderator, via: via.parse().map_err(StoreError::Unreadable)? })))
            .transpose()
    }

    /// Whether the sender of a comment is banned.
    pub fn is_banned(&self, id: &CommentId) -> Result<bool, StoreError> {
        self.read(|connection| {
            let sender = sender(connection, id)?;
            is_banned(connection, &sender)
        })
    }
}

pub(crate) fn is_banned(connection: &mut Connection, sender: &Sender) -> Result<bool, StoreError> {
    for (kind, value) in signs(sender) {
        if is_listed(connection, kind, value)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// By what a sender is known again, and what it is.
fn signs(sender: &Sender) -> impl Iterator<Item = (&'static str, &str)> {
    let signs = [("network", &sender.network), ("author", &sender.author_key)];
    signs.into_iter().filter_map(|(kind, value)| value.as_deref().map(|value| (kind, value)))
}

fn sender(connection: &mut Connection, id: &CommentId) -> Result<Sender, StoreError> {
    let (network, author_key) = comments::table
        .find(id.as_str())
        .select((comments::network, comments::author_key))
        .first(connection)
        .optional()?
        .ok_or_else(|| StoreError::NoSuchComment(id.to_string()))?;
    Ok(Sender { network, author_key })
}

fn is_listed(connection: &mut Connection, kind: &str, value: &str) -> Result<bool, StoreError> {
    let listed = bans::table.filter(bans::value.eq(value)).filter(bans::kind.eq(kind)).select(bans::id);
    Ok(listed.first::<i64>(connection).optional()?.is_some())
}
