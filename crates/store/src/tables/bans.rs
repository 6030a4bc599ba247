//! Whose comments are spam without being looked at. A ban holds for the browser that sent a comment, and for the network it came
//! from, for as long as the network's hash means anything.

use ardoise_model::{Actor, CommentId, Sender, Timestamp};
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::schema::{bans, comments};
use crate::tables::comments::parse_id;
use crate::tables::moderation_log;
use crate::{Action, Store, StoreError};

/// A ban, of a browser, of a network, or of both at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    /// The numbers of its rows; the first one names it.
    pub ids: Vec<i64>,
    /// What is recognised: `author`, which is a browser, `network`, or both.
    pub kinds: Vec<String>,
    /// When it was imposed.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// The comment because of which it was imposed; none where it was removed since.
    pub comment: Option<CommentId>,
    /// The name of that comment's author.
    pub author: String,
}

type BanRow = (i64, String, i64, (String, String), Option<String>, Option<String>);

impl Store {
    /// Bans the sender of a comment. False: nothing is known of him that he could be recognised by.
    pub fn ban(&self, id: &CommentId, actor: &Actor, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|connection| {
            let sender = sender(connection, id)?;
            let mut is_new = false;
            for (kind, value) in signs(&sender) {
                if is_listed(connection, kind, value)? {
                    continue;
                }
                is_new = true;
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
            if is_new {
                moderation_log::add(connection, Action::Banned, Some(id), actor, now)?;
            }
            Ok(signs(&sender).next().is_some())
        })
    }

    /// All bans, newest first.
    pub fn bans(&self) -> Result<Vec<Ban>, StoreError> {
        let rows = self.ask(|connection| {
            let rows = bans::table.left_join(comments::table).order(bans::id.desc()).select((
                bans::id,
                bans::kind,
                bans::banned_at,
                (bans::moderator, bans::via),
                bans::comment_id,
                comments::author.nullable(),
            ));
            Ok(rows.load::<BanRow>(connection)?)
        })?;
        let mut all: Vec<Ban> = Vec::new();
        for (id, kind, at, (moderator, via), comment, author) in rows {
            let comment = comment.as_deref().map(parse_id).transpose()?;
            let by = Actor { moderator, via: via.parse().map_err(StoreError::Unreadable)? };
            let at = Timestamp(at);
            match all.last_mut().filter(|last| last.at == at && last.comment == comment && last.by == by) {
                // A browser and its network were banned together.
                Some(last) => {
                    last.kinds.push(kind);
                    last.ids.push(id);
                }
                None => all.push(Ban { ids: vec![id], kinds: vec![kind], at, by, comment, author: author.unwrap_or_default() }),
            }
        }
        Ok(all)
    }

    /// Lifts a ban that [`Store::bans`] lists. False: it was lifted since.
    pub fn lift(&self, ban: &Ban, actor: &Actor, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|connection| {
            let gone = diesel::delete(bans::table.filter(bans::id.eq_any(&ban.ids))).execute(connection)?;
            if gone > 0 {
                moderation_log::add(connection, Action::Unbanned, ban.comment.as_ref(), actor, now)?;
            }
            Ok(gone > 0)
        })
    }

    /// Takes the ban on the sender of a comment back. False: there was none.
    pub fn unban(&self, id: &CommentId, actor: &Actor, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|connection| {
            let mut gone = 0;
            for (kind, value) in signs(&sender(connection, id)?) {
                gone += diesel::delete(bans::table.filter(bans::kind.eq(kind)).filter(bans::value.eq(value))).execute(connection)?;
            }
            if gone > 0 {
                moderation_log::add(connection, Action::Unbanned, Some(id), actor, now)?;
            }
            Ok(gone > 0)
        })
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
        .get_result(connection)
        .optional()?
        .ok_or_else(|| StoreError::NoSuchComment(id.to_string()))?;
    Ok(Sender { network, author_key })
}

fn is_listed(connection: &mut Connection, kind: &str, value: &str) -> Result<bool, StoreError> {
    let listed = bans::table.filter(bans::value.eq(value)).filter(bans::kind.eq(kind));
    Ok(diesel::select(exists(listed)).get_result(connection)?)
}
