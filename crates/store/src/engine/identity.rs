//! Giving a database its identity: an id, an epoch and the location for which they hold.
//!
//! `tables/identity.rs` says what the three mean, and reads them.

use diesel::prelude::*;

use crate::engine::connection::{Connection, TransactionMode, transaction};
use crate::engine::tokens;
use crate::error::StoreError;
use crate::schema::identity;

/// The id of the table's only row.
pub(crate) const ROW_ID: i64 = 1;

/// Gives a new database its identity. A database at another location than before may be a restored backup: it begins another epoch, and its
/// rows of work, which may be older than the published tree, no longer belong to any tree. Writes only if something changes.
///
/// `location` distinguishes this file, or this database on a server, from every other. A restored backup has another location.
pub(crate) fn establish(connection: &mut Connection, location: &str) -> Result<(), StoreError> {
    if stored_location(connection)?.as_deref() == Some(location) {
        return Ok(());
    }
    transaction(connection, TransactionMode::Write, |connection| match stored_location(connection)? {
        // Another process has done it in the meantime.
        Some(stored) if stored == location => Ok(()),
        Some(_) => {
            diesel::update(identity::table.find(ROW_ID))
                .set((identity::epoch.eq(tokens::random_epoch()?), identity::place.eq(location), identity::tree.eq("")))
                .execute(connection)?;
            Ok(())
        }
        None => {
            let row = (
                identity::id.eq(ROW_ID),
                identity::database_id.eq(tokens::random_database_id()?),
                identity::epoch.eq(tokens::random_epoch()?),
                identity::place.eq(location),
                identity::tree.eq(""),
            );
            diesel::insert_into(identity::table).values(row).execute(connection)?;
            Ok(())
        }
    })
}

/// The location at which the identity was established; `None` for a new database.
fn stored_location(connection: &mut Connection) -> Result<Option<String>, StoreError> {
    Ok(identity::table.find(ROW_ID).select(identity::place).get_result(connection).optional()?)
}
