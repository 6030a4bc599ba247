//! Finding a person's comments and addresses.

use std::collections::BTreeSet;

use ardoise_model::CommentId;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::error::StoreError;
use crate::operations::person::addresses::{Address, QUERY_BATCH, load_addresses};
use crate::schema::{comments, subscribers, subscriptions};

/// How a person is found. None of these proves who a reader is, so a request for data has to be judged by a human.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonQuery {
    /// The address that is notified of answers. Case is ignored.
    Email(String),
    /// One of their comments. Finds all comments from the same browser.
    Comment(CommentId),
    /// The exact name that they typed. The owner's comments are not searched.
    Name(String),
}

/// Returns the ids of a person's comments, oldest first, and their addresses. Erased comments are left out.
pub(super) fn find(connection: &mut Connection, query: &PersonQuery) -> Result<(Vec<String>, Vec<Address>), StoreError> {
    let oldest_first = (comments::created_at, comments::id);
    let with_text = comments::table.filter(comments::text.ne("")).order(oldest_first).select(comments::id);
    let ids: Vec<String> = match query {
        PersonQuery::Email(email) => return find_by_email(connection, email.trim()),
        PersonQuery::Comment(id) => {
            let key = comments::table.find(id.as_str()).select(comments::author_key).get_result::<Option<String>>(connection);
            match key.optional()?.ok_or_else(|| StoreError::NoSuchComment(id.to_string()))? {
                Some(key) => with_text.filter(comments::author_key.eq(key)).load(connection)?,
                None => with_text.filter(comments::id.eq(id.as_str())).load(connection)?,
            }
        }
        PersonQuery::Name(name) => {
            with_text.filter(comments::author.eq(name.trim())).filter(comments::by_owner.eq(false)).load(connection)?
        }
    };
    let addresses = addresses_of_comments(connection, &ids)?;
    Ok((ids, addresses))
}

fn find_by_email(connection: &mut Connection, email: &str) -> Result<(Vec<String>, Vec<Address>), StoreError> {
    let mut rows = subscribers::table.select((subscribers::id, subscribers::email)).load::<(i64, String)>(connection)?;
    rows.retain(|(_, address)| address.eq_ignore_ascii_case(email));
    let addresses = load_addresses(connection, &rows.into_iter().map(|(id, _)| id).collect::<Vec<_>>())?;
    let mut ids: Vec<String> = addresses.iter().flat_map(|address| &address.comments).map(ToString::to_string).collect();
    ids.sort();
    ids.dedup();
    let mut found = Vec::new();
    for batch in ids.chunks(QUERY_BATCH) {
        let with_text = comments::table.filter(comments::text.ne("")).filter(comments::id.eq_any(batch));
        found.extend(with_text.select((comments::created_at, comments::id)).load::<(i64, String)>(connection)?);
    }
    found.sort();
    Ok((found.into_iter().map(|(_, id)| id).collect(), addresses))
}

fn addresses_of_comments(connection: &mut Connection, ids: &[String]) -> Result<Vec<Address>, StoreError> {
    let mut owners = BTreeSet::new();
    for batch in ids.chunks(QUERY_BATCH) {
        let of_comments = subscriptions::table.filter(subscriptions::comment_id.eq_any(batch));
        owners.extend(of_comments.select(subscriptions::subscriber_id).load::<i64>(connection)?);
    }
    load_addresses(connection, &owners.into_iter().collect::<Vec<_>>())
}
