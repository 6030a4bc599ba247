//! What is left of a comment whose author is to be forgotten: its place among the others, and what was decided about it.

use diesel::prelude::*;

use crate::StoreError;
use crate::engine::connection::Connection;
use crate::schema::{comments, edits, messages};
use crate::tables::subscribers;

/// Empties a comment, which is not published any more; nobody is told of it any more, either.
pub(crate) fn one(connection: &mut Connection, id: &str) -> Result<(), StoreError> {
    let nothing = None::<String>;
    let emptied = (
        comments::author.eq(""),
        comments::email.eq(&nothing),
        comments::site.eq(&nothing),
        comments::text.eq(""),
        // No token has this hash.
        comments::edit_token_hash.eq(""),
        comments::network.eq(&nothing),
        comments::author_key.eq(&nothing),
        comments::fingerprint.eq(""),
    );
    diesel::update(comments::table.find(id)).set(emptied).execute(connection)?;
    diesel::delete(edits::table.filter(edits::comment_id.eq(id))).execute(connection)?;
    diesel::delete(messages::table.filter(messages::comment_id.eq(id))).execute(connection)?;
    subscribers::part(connection, id)
}
