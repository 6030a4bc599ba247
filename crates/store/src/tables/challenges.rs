//! What readers' browsers work on before they send. A new one comes after some time; work on the last few still counts, for a page
//! may have been open for a while, and a cache may hand out an old file.

use ardoise_model::Timestamp;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::tokens;
use crate::schema::{challenges, proofs};
use crate::{Store, StoreError};

/// Work on so many counts: at one an hour, a page may lie for three hours between its author's first word and his last.
const RECENT: i64 = 4;

impl Store {
    /// The challenges on which work counts, the newest first. Where it is older than `lifetime` milliseconds, another one is drawn, and
    /// what is too old goes, with the proofs that count no more. Not so while the clock is not to be believed.
    pub fn challenges(&self, now: Timestamp, lifetime: i64) -> Result<Vec<String>, StoreError> {
        let (drawn_at, kept) = self.ask(recent)?;
        if is_fresh(drawn_at, now, lifetime) || (!kept.is_empty() && !self.believes(now)?) {
            return Ok(kept);
        }
        self.write(|connection| {
            let (drawn_at, kept) = recent(connection)?;
            // Another process may have been faster.
            if is_fresh(drawn_at, now, lifetime) {
                return Ok(kept);
            }
            let row = (challenges::challenge.eq(tokens::draw_challenge()?), challenges::drawn_at.eq(now.0));
            diesel::insert_into(challenges::table).values(row).execute(connection)?;
            let (_, kept) = recent(connection)?;
            diesel::delete(challenges::table.filter(challenges::challenge.ne_all(&kept))).execute(connection)?;
            diesel::delete(proofs::table.filter(proofs::expires_at.lt(now.0))).execute(connection)?;
            Ok(kept)
        })
    }

    /// The newest one, which is published.
    pub fn newest_challenge(&self) -> Result<Option<String>, StoreError> {
        Ok(self.ask(recent)?.1.into_iter().next())
    }
}

/// When the newest was drawn, and those that count.
fn recent(connection: &mut Connection) -> Result<(Option<i64>, Vec<String>), StoreError> {
    let rows =
        challenges::table
            .order(challenges::id.desc())
            .limit(RECENT)
            .select((challenges::drawn_at, challenges::challenge))
            .load::<(i64, String)>(connection)?;
    Ok((rows.first().map(|(drawn_at, _)| *drawn_at), rows.into_iter().map(|(_, challenge)| challenge).collect()))
}

/// One from the future was drawn by a clock that was wrong.
fn is_fresh(drawn_at: Option<i64>, now: Timestamp, lifetime: i64) -> bool {
    drawn_at.is_some_and(|drawn_at| (0..lifetime).contains(&(now.0 - drawn_at)))
}
