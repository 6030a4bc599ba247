//! Which browsers a moderator has signed in with. Of links and cookies only hashes are kept: whoever reads the database cannot use them.

use ardoise_model::Timestamp;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::tokens;
use crate::schema::{sessions, sign_ins};
use crate::{Store, StoreError};

/// For so long a link signs somebody in.
const LINK: i64 = 15 * Timestamp::MINUTE;
/// A session that was not used for so long is over.
const IDLE: i64 = 14 * Timestamp::DAY;
/// However much it is used.
const LONGEST: i64 = 90 * Timestamp::DAY;
/// A use is noted when the last one noted was so long ago: reading a list is no reason to write each time.
const NOTED: i64 = 5 * Timestamp::MINUTE;

/// A moderator's browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its number.
    pub id: i64,
    /// The moderator's name.
    pub moderator: String,
    /// What the browser calls itself.
    pub agent: String,
    /// When it was signed in.
    pub created_at: Timestamp,
    /// When it was used last, to some minutes.
    pub seen_at: Timestamp,
}

type Row = (i64, String, String, i64, i64);

impl Store {
    /// The secret of a link that signs a moderator in, once.
    pub fn invite(&self, moderator: &str, now: Timestamp) -> Result<String, StoreError> {
        let token = tokens::draw_token()?;
        let forgets = self.believes(now)?;
        self.write(|connection| {
            if forgets {
                diesel::delete(sign_ins::table.filter(sign_ins::expires_at.le(now.0))).execute(connection)?;
            }
            let row =
                (sign_ins::token_hash.eq(tokens::hash(&token)), sign_ins::moderator.eq(moderator), sign_ins::expires_at.eq(now.0 + LINK));
            diesel::insert_into(sign_ins::table).values(row).execute(connection)?;
            Ok(())
        })?;
        Ok(token)
    }

    /// Whether a link was drawn for a moderator since a moment that is not longer ago than links hold, and was not used yet.
    pub fn invited_since(&self, moderator: &str, since: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        let drawn = sign_ins::table.filter(sign_ins::moderator.eq(moderator)).filter(sign_ins::expires_at.gt(since.0 + LINK));
        // One from the future was drawn by a clock that was wrong.
        let drawn = drawn.filter(sign_ins::expires_at.le(now.0 + LINK)).select(sign_ins::id);
        self.ask(|connection| Ok(drawn.first::<i64>(connection).optional()?.is_some()))
    }

    /// Whom a link would sign in. None: it was used, is too old, or was never ours.
    pub fn invited(&self, token: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
        self.ask(|connection| Ok(invitation(connection, token, now)?.map(|(_, moderator)| moderator)))
    }

    /// Uses a link up. The cookie's secret.
    pub fn sign_in(&self, token: &str, agent: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
        let cookie = tokens::draw_token()?;
        let forgets = self.believes(now)?;
        self.write(|connection| {
            let Some((id, moderator)) = invitation(connection, token, now)? else { return Ok(None) };
            diesel::delete(sign_ins::table.find(id)).execute(connection)?;
            if forgets {
                let old = sessions::expires_at.le(now.0).or(sessions::seen_at.le(now.0 - IDLE));
                diesel::delete(sessions::table.filter(old)).execute(connection)?;
            }
            let row = (
                sessions::token_hash.eq(tokens::hash(&cookie)),
                sessions::moderator.eq(moderator),
                sessions::agent.eq(agent),
                sessions::created_at.eq(now.0),
                sessions::seen_at.eq(now.0),
                sessions::expires_at.eq(now.0 + LONGEST),
            );
            diesel::insert_into(sessions::table).values(row).execute(connection)?;
            Ok(Some(cookie))
        })
    }

    /// The session that a cookie belongs to, if it is not over.
    pub fn session(&self, cookie: &str, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let row = self.ask(|connection| {
            let row = sessions::table.filter(sessions::token_hash.eq(tokens::hash(cookie)));
            let row = row.filter(sessions::expires_at.gt(now.0)).filter(sessions::seen_at.gt(now.0 - IDLE));
            Ok(row.select(columns()).first::<Row>(connection).optional()?)
        })?;
        let session = row.map(Session::from);
        if let Some(session) = &session
            && session.seen_at.0 + NOTED <= now.0
        {
            self.note_use(session.id, now);
        }
        Ok(session)
    }

    /// Later, and if it can be done: reading neither waits for it nor fails with it.
    fn note_use(&self, id: i64, now: Timestamp) {
        let seen = move |connection: &mut Connection| {
            let before = sessions::table.find(id).filter(sessions::seen_at.le(now.0 - NOTED));
            Ok(diesel::update(before).set(sessions::seen_at.eq(now.0)).execute(connection).map(drop)?)
        };
        self.writer.write_then(seen, drop);
    }

    /// All sessions that are not over, the one that was used last first.
    pub fn sessions(&self, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        self.ask(|connection| {
            let rows = sessions::table.filter(sessions::expires_at.gt(now.0)).filter(sessions::seen_at.gt(now.0 - IDLE));
            let rows = rows.order((sessions::seen_at.desc(), sessions::id.desc())).select(columns());
            Ok(rows.load::<Row>(connection)?.into_iter().map(Session::from).collect())
        })
    }

    /// Ends a session. False: there is none with this number.
    pub fn revoke(&self, id: i64) -> Result<bool, StoreError> {
        self.write(|connection| Ok(diesel::delete(sessions::table.find(id)).execute(connection)? > 0))
    }

    /// Ends all of a moderator's sessions, and his links that were not used yet; how many sessions.
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

fn columns() -> Columns {
    (sessions::id, sessions::moderator, sessions::agent, sessions::created_at, sessions::seen_at)
}

fn invitation(connection: &mut Connection, token: &str, now: Timestamp) -> Result<Option<(i64, String)>, StoreError> {
    let row = sign_ins::table.filter(sign_ins::token_hash.eq(tokens::hash(token))).filter(sign_ins::expires_at.gt(now.0));
    Ok(row.select((sign_ins::id, sign_ins::moderator)).first(connection).optional()?)
}
