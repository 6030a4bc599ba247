//! One person: what is stored of him, and how it goes.

use std::collections::BTreeSet;

use ardoise_model::{Actor, ArticlePath, Comment, CommentId, Decision, Sender, Status, Timestamp};
use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::operations::decide;
use crate::operations::erase;
use crate::schema::{articles, comments, messages, subscribers, subscriptions};
use crate::tables::bans;
use crate::tables::comments::{CommentRow, parse_id};
use crate::tables::edits::{self, Edit};
use crate::tables::subscribers as readers;
use crate::{DecisionRecord, Store, StoreError};

/// As many rows are named in a query, and as many comments emptied in a transaction.
const TOGETHER: usize = 200;

/// By what a person is found. Nothing that a reader types proves who he is: whoever asks has to judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonQuery {
    /// The address at which he wanted to be told of answers, in capitals or not.
    Email(String),
    /// One of his comments: with it, all that came from the same browser.
    Comment(CommentId),
    /// The name that he typed, to the letter; the owner's own answers are not looked at.
    Name(String),
}

/// All that is stored of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// His comments, oldest first.
    pub comments: Vec<PersonComment>,
    /// Where he is told of answers.
    pub addresses: Vec<Address>,
}

/// A comment with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonComment {
    /// The comment.
    pub comment: Comment,
    /// Hashes, by what they are of: they lead back to nobody, but tell that two comments have the same sender, or the same words.
    pub hashes: Vec<(&'static str, String)>,
    /// What it said before.
    pub edits: Vec<Edit>,
    /// What was decided about it.
    pub decisions: Vec<DecisionRecord>,
    /// Whether its sender is banned.
    pub banned: bool,
}

/// An address that is told of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Its number.
    pub id: i64,
    /// The address.
    pub email: String,
    /// When he asked for it.
    pub asked_at: Timestamp,
    /// When he said that it is his.
    pub confirmed_at: Option<Timestamp>,
    /// When a mail last went to it.
    pub mailed_at: Option<Timestamp>,
    /// The comments whose answers are told.
    pub comments: Vec<CommentId>,
    /// Mails that wait to go to it.
    pub waiting: u64,
}

impl Store {
    /// All that is stored of a person.
    pub fn person(&self, who: &PersonQuery) -> Result<Person, StoreError> {
        self.read(|connection| {
            let (ids, addresses) = find(connection, who)?;
            let comments = ids.iter().map(|id| remembered(connection, id)).collect::<Result<_, _>>()?;
            Ok(Person { comments, addresses })
        })
    }

    /// Empties a person's comments, which are deleted, and forgets his addresses. What was answered keeps its place.
    ///
    /// Of what there was is told, but for what had been emptied before. Published files follow by rows of work. It is looked for before
    /// anything is written, and comments are emptied some at a time: nobody who has one to store waits long.
    pub fn forget_person(&self, who: &PersonQuery, actor: &Actor, now: Timestamp) -> Result<Person, StoreError> {
        let person = self.person(who)?;
        for some in person.comments.chunks(TOGETHER) {
            self.write(|connection| {
                some.iter().try_for_each(|PersonComment { comment, .. }| {
                    decide::decide_one(connection, &self.channels, &comment.id, Decision::Delete, (actor, now))?;
                    erase::one(connection, comment.id.as_str())
                })
            })?;
        }
        self.write(|connection| person.addresses.iter().try_for_each(|address| readers::forget(connection, address.id)))?;
        self.settle()?;
        Ok(person)
    }
}

fn find(connection: &mut Connection, who: &PersonQuery) -> Result<(Vec<String>, Vec<Address>), StoreError> {
    let order = (comments::created_at, comments::id);
    let written = comments::table.filter(comments::text.ne("")).order(order).select(comments::id);
    match who {
        PersonQuery::Email(email) => {
            let mut rows = subscribers::table.select((subscribers::id, subscribers::email)).load::<(i64, String)>(connection)?;
            rows.retain(|(_, address)| address.eq_ignore_ascii_case(email.trim()));
            let addresses = addresses(connection, &rows.into_iter().map(|(id, _)| id).collect::<Vec<_>>())?;
            let mut ids: Vec<String> = addresses.iter().flat_map(|address| &address.comments).map(ToString::to_string).collect();
            ids.extend(with_address(connection, email.trim())?);
            ids.sort();
            ids.dedup();
            let mut found = Vec::new();
            for some in ids.chunks(TOGETHER) {
                let some = comments::table.filter(comments::text.ne("")).filter(comments::id.eq_any(some));
                found.extend(some.select((comments::created_at, comments::id)).load::<(i64, String)>(connection)?);
            }
            found.sort();
            Ok((found.into_iter().map(|(_, id)| id).collect(), addresses))
        }
        PersonQuery::Comment(id) => {
            let found =
                comments::table.find(id.as_str()).select(comments::author_key).get_result::<Option<String>>(connection).optional()?;
            let ids: Vec<String> = match found.ok_or_else(|| StoreError::NoSuchComment(id.to_string()))? {
                Some(key) => written.filter(comments::author_key.eq(key)).load(connection)?,
                None => written.filter(comments::id.eq(id.as_str())).load(connection)?,
            };
            of_comments(connection, ids)
        }
        PersonQuery::Name(name) => {
            let ids = written.filter(comments::author.eq(name.trim())).filter(comments::by_owner.eq(false)).load(connection)?;
            of_comments(connection, ids)
        }
    }
}

fn of_comments(connection: &mut Connection, ids: Vec<String>) -> Result<(Vec<String>, Vec<Address>), StoreError> {
    let mut owners = BTreeSet::new();
    for some in ids.chunks(TOGETHER) {
        let of_comments = subscriptions::table.filter(subscriptions::comment_id.eq_any(some));
        owners.extend(of_comments.select(subscriptions::subscriber_id).load::<i64>(connection)?);
    }
    let addresses = addresses(connection, &owners.into_iter().collect::<Vec<_>>())?;
    Ok((ids, addresses))
}

/// Comments that an earlier version stored with their author's address.
fn with_address(connection: &mut Connection, email: &str) -> Result<Vec<String>, StoreError> {
    let rows = comments::table.filter(comments::email.is_not_null()).select((comments::id, comments::email.assume_not_null()));
    let rows = rows.load::<(String, String)>(connection)?;
    Ok(rows.into_iter().filter(|(_, address)| address.eq_ignore_ascii_case(email)).map(|(id, _)| id).collect())
}

type AddressRow = (i64, String, i64, Option<i64>, Option<i64>);

/// Those with these numbers: three queries for some of them together.
fn addresses(connection: &mut Connection, ids: &[i64]) -> Result<Vec<Address>, StoreError> {
    let columns = (subscribers::id, subscribers::email, subscribers::asked_at, subscribers::confirmed_at, subscribers::mailed_at);
    let mut addresses = Vec::new();
    for some in ids.chunks(TOGETHER) {
        let rows = subscribers::table.filter(subscribers::id.eq_any(some)).order(subscribers::id).select(columns);
        let rows = rows.load::<AddressRow>(connection)?;
        let wished = subscriptions::table.filter(subscriptions::subscriber_id.eq_any(some)).order(subscriptions::id);
        let wished = wished.select((subscriptions::subscriber_id, subscriptions::comment_id)).load::<(i64, String)>(connection)?;
        let waiting = messages::table.filter(messages::channel.eq_any(some.iter().map(|id| readers::channel(*id))));
        let waiting = waiting.group_by(messages::channel).select((messages::channel, count_star())).load::<(String, i64)>(connection)?;
        for (id, email, asked_at, confirmed_at, mailed_at) in rows {
            let comments = wished.iter().filter(|(subscriber, _)| *subscriber == id).map(|(_, comment)| parse_id(comment));
            let count = waiting.iter().find(|(channel, _)| *channel == readers::channel(id)).map_or(0, |(_, count)| *count);
            addresses.push(Address {
                id,
                email,
                asked_at: Timestamp(asked_at),
                confirmed_at: confirmed_at.map(Timestamp),
                mailed_at: mailed_at.map(Timestamp),
                comments: comments.collect::<Result<_, _>>()?,
                waiting: count.unsigned_abs(),
            });
        }
    }
    Ok(addresses)
}

fn remembered(connection: &mut Connection, id: &str) -> Result<PersonComment, StoreError> {
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
    let comment = row.into_comment(ArticlePath::from_stored(path))?;
    let sender = Sender { network: network.clone(), author_key: author_key.clone() };
    let hashes = [("network", network), ("browser", author_key), ("words", Some(fingerprint)), ("edit_token", Some(token))];
    let hashes = hashes.into_iter().filter_map(|(of, hash)| hash.filter(|hash| !hash.is_empty()).map(|hash| (of, hash))).collect();
    Ok(PersonComment {
        hashes,
        edits: edits::of(connection, &comment.id)?,
        decisions: decide::of(connection, &comment.id)?,
        banned: bans::is_banned(connection, &sender)?,
        comment,
    })
}

impl Person {
    /// Whether nothing is stored of him.
    pub fn is_unknown(&self) -> bool {
        self.comments.is_empty() && self.addresses.is_empty()
    }

    /// How many of his comments readers see.
    pub fn published(&self) -> usize {
        self.comments.iter().filter(|one| one.comment.status == Status::Approved).count()
    }
}
