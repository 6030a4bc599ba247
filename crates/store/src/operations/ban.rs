use ardoise_model::{Actor, CommentId, Timestamp};

use crate::engine::store::Store;
use crate::error::StoreError;
use crate::tables::bans::{self, Ban};
use crate::tables::comments::sender;
use crate::tables::moderation_log::{self, Action};

impl Store {
    /// Bans the sender of a comment. Returns false if nothing is known by which the sender could be recognised.
    pub fn ban(&self, id: &CommentId, actor: &Actor, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|connection| {
            let sender = sender(connection, id)?;
            let identifiers = bans::identifiers(&sender);
            let mut is_new = false;
            for identifier in &identifiers {
                if !bans::is_banned(connection, identifier)? {
                    bans::add(connection, identifier, id, actor, now)?;
                    is_new = true;
                }
            }
            if is_new {
                moderation_log::add(connection, Action::Banned, Some(id), actor, now)?;
            }
            Ok(!identifiers.is_empty())
        })
    }

    /// Lifts a ban from [`Store::bans`]. Returns false if it was lifted since.
    pub fn lift_ban(&self, ban: &Ban, actor: &Actor, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|connection| {
            let removed = bans::remove_rows(connection, &ban.ids)?;
            if removed > 0 {
                moderation_log::add(connection, Action::Unbanned, ban.comment.as_ref(), actor, now)?;
            }
            Ok(removed > 0)
        })
    }

    /// Lifts the bans of a comment's sender. Returns false if there was none.
    pub fn unban(&self, id: &CommentId, actor: &Actor, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|connection| {
            let sender = sender(connection, id)?;
            let mut removed = 0;
            for identifier in bans::identifiers(&sender) {
                removed += bans::remove(connection, &identifier)?;
            }
            if removed > 0 {
                moderation_log::add(connection, Action::Unbanned, Some(id), actor, now)?;
            }
            Ok(removed > 0)
        })
    }

    /// Whether the sender of a comment is banned.
    pub fn is_banned(&self, id: &CommentId) -> Result<bool, StoreError> {
        self.read(|connection| {
            let sender = sender(connection, id)?;
            bans::is_sender_banned(connection, &sender)
        })
    }
}
