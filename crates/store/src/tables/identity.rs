//! The identity of the database, by which a published tree recognises its own database.
//!
//! It has three parts. The *database's id* says which site's the published tree is; a copy and a restored backup keep it. The *epoch* says
//! which counts can be compared: in a database that was restored from a backup, revisions begin again at a lower number, and a page that
//! was built from lost revisions would take new counts for old ones. The *tree* says to which published tree the rows of work belong: a
//! folder that was moved away and put back is older than they say.

use diesel::prelude::*;

use crate::engine::connection::Connection;
use crate::engine::identity::ROW_ID;
use crate::engine::store::Store;
use crate::engine::tokens;
use crate::error::StoreError;
use crate::schema::{comments, identity};

impl Store {
    /// Returns the id by which the published tree names this database. A copy and a restored backup have the same id.
    pub fn database_id(&self) -> Result<String, StoreError> {
        self.read_one(|connection| Ok(identity::table.find(ROW_ID).select(identity::database_id).get_result(connection)?))
    }

    /// Returns the epoch. Only revisions of one epoch can be compared.
    pub fn epoch(&self) -> Result<String, StoreError> {
        self.read_one(epoch)
    }

    /// Begins another epoch. To be called if published files name later revisions than the database does.
    pub fn begin_epoch(&self) -> Result<(), StoreError> {
        self.write(|connection| {
            diesel::update(identity::table.find(ROW_ID)).set(identity::epoch.eq(tokens::random_epoch()?)).execute(connection)?;
            Ok(())
        })
    }

    /// Returns the id of the published tree to which the rows of work belong; empty if there is none. Another tree may lack changes for
    /// which there is no row.
    pub fn tree(&self) -> Result<String, StoreError> {
        self.read_one(tree)
    }

    /// Whether the database holds no comment at all, as a new one does.
    pub fn is_blank(&self) -> Result<bool, StoreError> {
        self.read_one(|connection| Ok(comments::table.select(comments::id).first::<String>(connection).optional()?.is_none()))
    }
}

pub(crate) fn epoch(connection: &mut Connection) -> Result<String, StoreError> {
    Ok(identity::table.find(ROW_ID).select(identity::epoch).get_result(connection)?)
}

pub(crate) fn tree(connection: &mut Connection) -> Result<String, StoreError> {
    Ok(identity::table.find(ROW_ID).select(identity::tree).get_result(connection)?)
}

pub(crate) fn set_tree(connection: &mut Connection, tree: &str) -> Result<(), StoreError> {
    diesel::update(identity::table.find(ROW_ID)).set(identity::tree.eq(tree)).execute(connection)?;
    Ok(())
}
