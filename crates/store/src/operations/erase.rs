use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::error::StoreError;
use crate::schema::{comments, edits, jobs};
use crate::tables::subscribers;

/// Erases the content of a comment, which must not be published any more. Its place in the thread and the decisions about it stay. Its
/// jobs and subscriptions are removed.
pub(crate) fn erase(connection: &mut Connection, id: &str) -> Result<(), StoreError> {
    let null = None::<String>;
    let emptied = (
        comments::author.eq(""),
        comments::site.eq(&null),
        comments::text.eq(""),
        // The hash of no token.
        comments::edit_token_hash.eq(""),
        comments::network.eq(&null),
        comments::author_key.eq(&null),
        comments::fingerprint.eq(""),
    );
    diesel::update(comments::table.find(id)).set(emptied).execute(connection)?;
    diesel::delete(edits::table.filter(edits::comment_id.eq(id))).execute(connection)?;
    diesel::delete(jobs::table.filter(jobs::comment_id.eq(id))).execute(connection)?;
    subscribers::end_subscriptions(connection, id)
}
