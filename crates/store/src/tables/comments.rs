use ardoise_model::{ArticlePath, Comment, CommentId, SenderHashes, Status};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::engine::tokens;
use crate::error::StoreError;
use crate::schema::{articles, comments};
use crate::tables::rows::{CommentRow, IdColumn};

/// The number of ancestors that are searched for subscribers. No thread is deeper; a damaged database may have a cycle.
const MAX_DEPTH: usize = 500;

impl Store {
    /// Returns the comments with a status, oldest first.
    pub fn comments(&self, status: Status) -> Result<Vec<Comment>, StoreError> {
        self.read(|connection| {
            let rows = comments::table
                .inner_join(articles::table)
                .filter(comments::status.eq(status.as_str()))
                .order((comments::created_at, comments::id))
                .select((articles::path, CommentRow::as_select()))
                .load::<(String, CommentRow)>(connection)?;
            Ok(rows.into_iter().map(|(path, row)| row.into_comment(ArticlePath::from_stored(path))).collect())
        })
    }

    /// Returns the id that begins with `prefix`, as a moderator types it.
    pub fn resolve(&self, prefix: &str) -> Result<CommentId, StoreError> {
        let unknown = || StoreError::NoSuchComment(prefix.to_owned());
        let wanted = prefix.trim().to_ascii_lowercase();
        if wanted.is_empty() || !wanted.chars().all(|c| CommentId::ALPHABET.contains(c)) {
            return Err(unknown());
        }
        let mut ids = self.read(|connection| {
            let ids = comments::table.filter(comments::id.like(format!("{wanted}%"))).select(comments::id);
            Ok(ids.load::<IdColumn>(connection)?)
        })?;
        match (ids.pop(), ids.len()) {
            (None, _) => Err(unknown()),
            (Some(IdColumn(id)), 0) => Ok(id),
            (Some(_), others) => Err(StoreError::Ambiguous { prefix: wanted, count: others + 1 }),
        }
    }
}

/// Returns a random id that no comment has.
pub(crate) fn unused_id(connection: &mut Connection) -> Result<CommentId, StoreError> {
    loop {
        let id = tokens::random_id()?;
        let used: i64 = comments::table.filter(comments::id.eq(id.as_str())).count().get_result(connection)?;
        if used == 0 {
            return Ok(id);
        }
    }
}

/// Returns what identifies the sender of a comment.
pub(crate) fn sender(connection: &mut Connection, id: &CommentId) -> Result<SenderHashes, StoreError> {
    let (network, author_key) = comments::table
        .find(id.as_str())
        .select((comments::network, comments::author_key))
        .get_result(connection)
        .optional()?
        .ok_or_else(|| StoreError::NoSuchComment(id.to_string()))?;
    Ok(SenderHashes { network, author_key })
}

/// Sets why a comment waits for a moderator.
pub(crate) fn set_layer(connection: &mut Connection, id: &CommentId, layer: &str) -> Result<(), StoreError> {
    diesel::update(comments::table.find(id.as_str())).set(comments::layer.eq(layer)).execute(connection)?;
    Ok(())
}

/// Returns the ids of a comment's ancestors, from its parent upwards.
pub(crate) fn ancestors(connection: &mut Connection, id: &str) -> Result<Vec<String>, StoreError> {
    let mut ancestors: Vec<String> = Vec::new();
    while ancestors.len() < MAX_DEPTH {
        let current = ancestors.last().map_or(id, String::as_str);
        let parent = comments::table.find(current).select(comments::parent_id).get_result::<Option<String>>(connection).optional()?;
        match parent.flatten() {
            Some(parent) => ancestors.push(parent),
            None => break,
        }
    }
    Ok(ancestors)
}
