use ardoise_model::Timestamp;
use data_encoding::HEXLOWER;
use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::store::Store;
use crate::engine::tokens::{self, Key};
use crate::error::StoreError;
use crate::schema::secrets;

impl Store {
    /// Returns the key for a purpose, which all processes share. Draws it at the first call.
    pub fn secret(&self, purpose: &str, now: Timestamp) -> Result<Key, StoreError> {
        if let Some(secret) = self.read_one(|connection| newest(connection, purpose))? {
            return Ok(secret.key);
        }
        self.write(|connection| match newest(connection, purpose)? {
            // Another process has drawn it in the meantime.
            Some(secret) => Ok(secret.key),
            None => draw(connection, purpose, now),
        })
    }

    /// Returns a key for a purpose that is replaced after `lifetime` milliseconds. The old key is removed for good, so that hashes made
    /// with it cannot be related to anybody any more. While the clock is not trusted, a key is kept however old it seems.
    pub fn rotate_secret(&self, purpose: &str, now: Timestamp, lifetime: i64) -> Result<Key, StoreError> {
        // A key from the future was drawn by a wrong clock.
        let is_fresh = |secret: &Secret| (0..lifetime).contains(&(now.0 - secret.drawn_at));
        match self.read_one(|connection| newest(connection, purpose))? {
            Some(secret) if is_fresh(&secret) => return Ok(secret.key),
            Some(secret) if !self.trusts_clock(now)? => return Ok(secret.key),
            _ => {}
        }
        self.write(|connection| match newest(connection, purpose)? {
            Some(secret) if is_fresh(&secret) => Ok(secret.key),
            _ => {
                diesel::delete(secrets::table.filter(secrets::purpose.eq(purpose))).execute(connection)?;
                draw(connection, purpose, now)
            }
        })
    }
}

/// A stored key.
struct Secret {
    key: Key,
    drawn_at: i64,
}

fn newest(connection: &mut Connection, purpose: &str) -> Result<Option<Secret>, StoreError> {
    let row = secrets::table
        .filter(secrets::purpose.eq(purpose))
        .order(secrets::id.desc())
        .select((secrets::secret, secrets::drawn_at))
        .first::<(String, i64)>(connection)
        .optional()?;
    let secret = |(text, drawn_at): (String, i64)| {
        let key = HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| Key::try_from(bytes).ok());
        key.map(|key| Secret { key, drawn_at }).ok_or_else(|| StoreError::Unreadable(format!("a damaged key for {purpose:?}")))
    };
    row.map(secret).transpose()
}

fn draw(connection: &mut Connection, purpose: &str, now: Timestamp) -> Result<Key, StoreError> {
    let key = tokens::random_key()?;
    let row = (secrets::purpose.eq(purpose), secrets::secret.eq(HEXLOWER.encode(&key)), secrets::drawn_at.eq(now.0));
    diesel::insert_into(secrets::table).values(row).execute(connection)?;
    Ok(key)
}
