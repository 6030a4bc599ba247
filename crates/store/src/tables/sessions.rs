//! Moderators' sessions and sign-in links. Only hashes of links and cookies are stored, so that a reader of the database cannot use them.

use ardoise_model::Timestamp;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::engine::tokens;
use crate::error::StoreError;
use crate::schema::{sessions, sign_ins};

/// How long a sign-in link is valid.
const LINK_MILLIS: i64 = 15 * Timestamp::MINUTE;
/// How long a session stays valid without being used.
const IDLE_MILLIS: i64 = 14 * Timestamp::DAY;
/// How long a session stays valid at most.
const SESSION_MILLIS: i64 = 90 * Timestamp::DAY;
/// The minimum time between two updates of a session's last use, so that not every page view writes.
const USE_INTERVAL_MILLIS: i64 = 5 * Timestamp::MINUTE;

/// A moderator's session in one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its number.
    pub id: i64,
    /// The moderator's name.
    pub moderator: String,
    /// The browser's `User-Agent`.
    pub agent: String,
    /// The time of the sign-in.
    pub created_at: Timestamp,
    /// The time of the last use, to some minutes.
    pub seen_at: Timestamp,
}

type Row = (i64, String, String, i64, i64);

impl Store {
    /// Creates a link that signs a moderator in, once. Returns the link's token.
    pub fn invite(&self, moderator: &str, now: Timestamp) -> Result<String, StoreError> {
        let token = tokens::random_token()?;
        let is_clock_trusted = self.trusts_clock(now)?;
        self.write(|connection| {
            if is_clock_trusted {
                diesel::delete(sign_ins::table.filter(sign_ins::expires_at.le(now.0))).execute(connection)?;
            }
            let row = (
                sign_ins::token_hash.eq(tokens::hash(&token)),
                sign_ins::moderator.eq(moderator),
                sign_ins::expires_at.eq(now.0 + LINK_MILLIS),
            );
            diesel::insert_into(sign_ins::table).values(row).execute(connection)?;
            Ok(())
        })?;
        Ok(token)
    }

    /// Whether an unused link was created for a moderator after `since`, which must not be longer ago than links are valid.
    pub fn invited_since(&self, moderator: &str, since: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        let created = sign_ins::table.filter(sign_ins::moderator.eq(moderator)).filter(sign_ins::expires_at.gt(since.0 + LINK_MILLIS));
        // A link from the future was created by a wrong clock.
        let created = created.filter(sign_ins::expires_at.le(now.0 + LINK_MILLIS)).select(sign_ins::id);
        self.read_one(|connection| Ok(created.first::<i64>(connection).optional()?.is_some()))
    }

    /// Returns the moderator whom a link would sign in; `None` if the link was used, has expired, or was never created.
    pub fn invited(&self, token: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
        self.read_one(|connection| Ok(valid_link(connection, token, now)?.map(|(_, moderator)| moderator)))
    }

    /// Signs a moderator in, which uses the link up. Returns the token for the session's cookie; `None` if the link is not valid.
    pub fn sign_in(&self, token: &str, agent: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
        let cookie = tokens::random_token()?;
        let is_clock_trusted = self.trusts_clock(now)?;
        self.write(|connection| {
            let Some((id, moderator)) = valid_link(connection, token, now)? else { return Ok(None) };
            diesel::delete(sign_ins::table.find(id)).execute(connection)?;
            if is_clock_trusted {
                let old = sessions::expires_at.le(now.0).or(sessions::seen_at.le(now.0 - IDLE_MILLIS));
                diesel::delete(sessions::table.filter(old)).execute(connection)?;
            }
            let row = (
                sessions::token_hash.eq(tokens::hash(&cookie)),
                sessions::moderator.eq(moderator),
                sessions::agent.eq(agent),
                sessions::created_at.eq(now.0),
                sessions::seen_at.eq(now.0),
                sessions::expires_at.eq(now.0 + SESSION_MILLIS),
            );
            diesel::insert_into(sessions::table).values(row).execute(connection)?;
            Ok(Some(cookie))
        })
    }

    /// Returns the valid session of a cookie's token. Updates its last use.
    pub fn session(&self, cookie: &str, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let row = self.read_one(|connection| {
            let row = sessions::table.filter(sessions::token_hash.eq(tokens::hash(cookie)));
            let row = row.filter(sessions::expires_at.gt(now.0)).filter(sessions::seen_at.gt(now.0 - IDLE_MILLIS));
            Ok(row.select(COLUMNS).first::<Row>(connection).optional()?)
        })?;
        let session = row.map(Session::from);
        if let Some(session) = &session
            && session.seen_at.0 + USE_INTERVAL_MILLIS <= now.0
        {
            self.record_use(session.id, now);
        }
        Ok(session)
    }

    /// Updates the last use in the background. Errors are ignored: the caller neither waits for the write nor fails with it.
    fn record_use(&self, id: i64, now: Timestamp) {
        let update = move |connection: &mut Connection| {
            let outdated = sessions::table.find(id).filter(sessions::seen_at.le(now.0 - USE_INTERVAL_MILLIS));
            Ok(diesel::update(outdated).set(sessions::seen_at.eq(now.0)).execute(connection).map(drop)?)
        };
        self.writer.write_then(update, drop);
    }

    /// Returns all valid sessions, the last used first.
    pub fn sessions(&self, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        self.read_one(|connection| {
            let rows = sessions::table.filter(sessions::expires_at.gt(now.0)).filter(sessions::seen_at.gt(now.0 - IDLE_MILLIS));
            let rows = rows.order((sessions::seen_at.desc(), sessions::id.desc())).select(COLUMNS);
            Ok(rows.load::<Row>(connection)?.into_iter().map(Session::from).collect())
        })
    }

    /// Ends a session. Returns false if there is none with this number.
    pub fn revoke(&self, id: i64) -> Result<bool, StoreError> {
        self.write(|connection| Ok(diesel::delete(sessions::table.find(id)).execute(connection)? > 0))
    }

    /// Ends all sessions of a moderator and invalidates their unused links. Returns the number of sessions.
    pub fn revoke_all(&self, moderator: &str) -> Result<usize, StoreError> {
        self.write(|connection| {
            diesel::delete(sign_ins::table.filter(sign_ins::moderator.eq(moderator))).execute(connection)?;
            Ok(diesel::delete(sessions::table.filter(sessions::moderator.eq(moderator))).execute(connection)?)
        })
    }
}

impl From<Row> for Session {
    fn from((id, moderator, agent, created_at, seen_at): Row) -> Self {
        Self { id, moderator, agent, created_at: Timestamp(created_at), seen_at: Timestamp(seen_at) }
    }
}

type Columns = (sessions::id, sessions::moderator, sessions::agent, sessions::created_at, sessions::seen_at);

const COLUMNS: Columns = (sessions::id, sessions::moderator, sessions::agent, sessions::created_at, sessions::seen_at);

/// Returns the valid link with this token: its number and its moderator.
fn valid_link(connection: &mut Connection, token: &str, now: Timestamp) -> Result<Option<(i64, String)>, StoreError> {
    let row = sign_ins::table.filter(sign_ins::token_hash.eq(tokens::hash(token))).filter(sign_ins::expires_at.gt(now.0));
    Ok(row.select((sign_ins::id, sign_ins::moderator)).first(connection).optional()?)
}
