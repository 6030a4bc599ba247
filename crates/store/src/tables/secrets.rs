use ardoise_model::Timestamp;
use data_encoding::HEXLOWER;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::tokens;
use crate::schema::secrets;
use crate::{Store, StoreError};

/// A key of our own: 256 random bits.
pub type Key = [u8; 32];

impl Store {
    /// The key for a purpose, the same for all processes; drawn when it is asked for first.
    pub fn secret(&self, purpose: &str, now: Timestamp) -> Result<Key, StoreError> {
        if let Some((secret, _)) = self.ask(|connection| newest(connection, purpose))? {
            return Ok(secret);
        }
        self.write(|connection| match newest(connection, purpose)? {
            // Another process was faster.
            Some((secret, _)) => Ok(secret),
            None => draw(connection, purpose, now),
        })
    }

    /// A key for a purpose that lasts for so many milliseconds: then another one is drawn, and the old one is gone for good. What was hashed
    /// with it belongs to nobody any more. While the clock is not to be believed, a key is kept however old it seems.
    pub fn rotate_secret(&self, purpose: &str, now: Timestamp, lifetime: i64) -> Result<Key, StoreError> {
        // One from the future was drawn by a clock that was wrong.
        let is_fresh = |drawn_at: i64| (0..lifetime).contains(&(now.0 - drawn_at));
        match self.ask(|connection| newest(connection, purpose))? {
            Some((secret, drawn_at)) if is_fresh(drawn_at) => return Ok(secret),
            Some((secret, _)) if !self.believes(now)? => return Ok(secret),
            _ => {}
        }
        self.write(|connection| match newest(connection, purpose)? {
            Some((secret, drawn_at)) if is_fresh(drawn_at) => Ok(secret),
            _ => {
                diesel::delete(secrets::table.filter(secrets::purpose.eq(purpose))).execute(connection)?;
                draw(connection, purpose, now)
            }
        })
    }
}

fn newest(connection: &mut Connection, purpose: &str) -> Result<Option<(Key, i64)>, StoreError> {
    let row = secrets::table
        .filter(secrets::purpose.eq(purpose))
        .order(secrets::id.desc())
        .select((secrets::secret, secrets::drawn_at))
        .first::<(String, i64)>(connection)
        .optional()?;
    let key = |(text, drawn_at): (String, i64)| {
        let key = HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| Key::try_from(bytes).ok());
        key.map(|key| (key, drawn_at)).ok_or_else(|| StoreError::Unreadable(format!("a damaged key for {purpose:?}")))
    };
    row.map(key).transpose()
}

fn draw(connection: &mut Connection, purpose: &str, now: Timestamp) -> Result<Key, StoreError> {
    let key = tokens::draw_key()?;
    let row = (secrets::purpose.eq(purpose), secrets::secret.eq(HEXLOWER.encode(&key)), secrets::drawn_at.eq(now.0));
    diesel::insert_into(secrets::table).values(row).execute(connection)?;
    Ok(key)
}
