//! Challenges: what readers' browsers compute a proof of work for. A new one is drawn after some time. Proofs for the last few are
//! accepted, because a page may have been open for a while, and a cache may return an old file.

use ardoise_model::Timestamp;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::engine::tokens;
use crate::error::StoreError;
use crate::schema::{challenges, proofs};

/// The number of challenges for which proofs are accepted. At one per hour, a page may be open for three hours before its comment is sent.
const MAX_ACCEPTED: i64 = 4;

/// The challenges for which proofs are accepted.
struct Accepted {
    newest_drawn_at: Option<i64>,
    /// Newest first.
    challenges: Vec<String>,
}

impl Store {
    /// Returns the challenges for which proofs are accepted, newest first. If the newest is older than `lifetime` milliseconds, draws
    /// another and removes expired challenges and proofs. Draws none while the clock is not trusted, if there is any.
    pub fn challenges(&self, now: Timestamp, lifetime: i64) -> Result<Vec<String>, StoreError> {
        let accepted = self.read_one(Accepted::load)?;
        if accepted.is_fresh(now, lifetime) || (!accepted.challenges.is_empty() && !self.trusts_clock(now)?) {
            return Ok(accepted.challenges);
        }
        self.write(|connection| {
            let accepted = Accepted::load(connection)?;
            // Another process has drawn one in the meantime.
            if accepted.is_fresh(now, lifetime) {
                return Ok(accepted.challenges);
            }
            let row = (challenges::challenge.eq(tokens::random_challenge()?), challenges::drawn_at.eq(now.0));
            diesel::insert_into(challenges::table).values(row).execute(connection)?;
            let kept = Accepted::load(connection)?.challenges;
            diesel::delete(challenges::table.filter(challenges::challenge.ne_all(&kept))).execute(connection)?;
            diesel::delete(proofs::table.filter(proofs::expires_at.lt(now.0))).execute(connection)?;
            Ok(kept)
        })
    }

    /// Returns the newest challenge, which is published.
    pub fn newest_challenge(&self) -> Result<Option<String>, StoreError> {
        Ok(self.read_one(Accepted::load)?.challenges.into_iter().next())
    }
}

impl Accepted {
    fn load(connection: &mut Connection) -> Result<Self, StoreError> {
        let newest = challenges::table.order(challenges::id.desc()).limit(MAX_ACCEPTED);
        let rows = newest.select((challenges::drawn_at, challenges::challenge)).load::<(i64, String)>(connection)?;
        Ok(Self {
            newest_drawn_at: rows.first().map(|(drawn_at, _)| *drawn_at),
            challenges: rows.into_iter().map(|(_, challenge)| challenge).collect(),
        })
    }

    /// Whether the newest is younger than `lifetime`. A challenge from the future was drawn by a wrong clock.
    fn is_fresh(&self, now: Timestamp, lifetime: i64) -> bool {
        self.newest_drawn_at.is_some_and(|drawn_at| (0..lifetime).contains(&(now.0 - drawn_at)))
    }
}
