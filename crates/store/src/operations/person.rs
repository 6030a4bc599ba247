//! The data of one person: finding it, and erasing it.

pub(crate) mod addresses;
pub(crate) mod search;

use ardoise_model::{Actor, ArticlePath, Comment, Decision, SenderHashes, Status, Timestamp};
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::error::StoreError;
use crate::operations::decide::decide_one;
use crate::operations::erase::erase;
use crate::operations::person::addresses::Address;
use crate::operations::person::search::PersonQuery;
use crate::schema::{articles, comments};
use crate::tables::decisions::{self, DecisionRecord};
use crate::tables::edits::{self, Edit};
use crate::tables::rows::CommentRow;
use crate::tables::{bans, subscribers};

/// The number of comments that one transaction erases, so that new comments do not wait long.
const BATCH_SIZE: usize = 200;

/// All stored data of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Their comments, oldest first.
    pub comments: Vec<PersonComment>,
    /// Their addresses that are notified of answers.
    pub addresses: Vec<Address>,
}

/// A comment with all data that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonComment {
    /// The comment.
    pub comment: Comment,
    /// Hashes, with the names of what was hashed. They do not identify anybody, but show that two comments have the same sender or the same
    /// words.
    pub hashes: Vec<(&'static str, String)>,
    /// Its former texts.
    pub edits: Vec<Edit>,
    /// The decisions about it.
    pub decisions: Vec<DecisionRecord>,
    /// Whether its sender is banned.
    pub banned: bool,
}

impl Person {
    /// Whether nothing is stored of the person.
    pub fn is_unknown(&self) -> bool {
        self.comments.is_empty() && self.addresses.is_empty()
    }

    /// Counts their published comments.
    pub fn published(&self) -> usize {
        self.comments.iter().filter(|found| found.comment.status == Status::Approved).count()
    }
}

impl Store {
    /// Returns all stored data of a person.
    pub fn person(&self, query: &PersonQuery) -> Result<Person, StoreError> {
        self.read(|connection| {
            let (ids, addresses) = search::find(connection, query)?;
            let comments = ids.iter().map(|id| load_comment(connection, id)).collect::<Result<_, _>>()?;
            Ok(Person { comments, addresses })
        })
    }

    /// Deletes and erases a person's comments, and forgets their addresses. Comments that were answered keep their place in the thread.
    ///
    /// Returns the data that was erased, without comments that had been erased before. Rows of work update the published files. The data is
    /// read before the first write, and comments are erased in batches, so that new comments do not wait long.
    pub fn forget_person(&self, query: &PersonQuery, actor: &Actor, now: Timestamp) -> Result<Person, StoreError> {
        let person = self.person(query)?;
        for batch in person.comments.chunks(BATCH_SIZE) {
            self.write(|connection| {
                batch.iter().try_for_each(|PersonComment { comment, .. }| {
                    decide_one(connection, &self.consumers, &comment.id, Decision::Delete, actor, now)?;
                    erase(connection, comment.id.as_str())
                })
            })?;
        }
        self.write(|connection| person.addresses.iter().try_for_each(|address| subscribers::forget(connection, address.id)))?;
        self.truncate_wal()?;
        Ok(person)
    }
}

/// Loads a comment with all data that belongs to it.
fn load_comment(connection: &mut Connection, id: &str) -> Result<PersonComment, StoreError> {
    type Hashes = (Option<String>, Option<String>, String, String);
    let (path, row, (network, author_key, fingerprint, token)): (String, CommentRow, Hashes) = comments::table
        .inner_join(articles::table)
        .filter(comments::id.eq(id))
        .select((
            articles::path,
            CommentRow::as_select(),
            (comments::network, comments::author_key, comments::fingerprint, comments::edit_token_hash),
        ))
        .first(connection)?;
    let comment = row.into_comment(ArticlePath::from_stored(path));
    let sender = SenderHashes { network: network.clone(), author_key: author_key.clone() };
    let hashes = [("network", network), ("browser", author_key), ("words", Some(fingerprint)), ("edit_token", Some(token))];
    let hashes = hashes.into_iter().filter_map(|(name, hash)| hash.filter(|hash| !hash.is_empty()).map(|hash| (name, hash))).collect();
    Ok(PersonComment {
        hashes,
        edits: edits::of_comment(connection, &comment.id)?,
        decisions: decisions::of_comment(connection, &comment.id)?,
        banned: bans::is_sender_banned(connection, &sender)?,
        comment,
    })
}
