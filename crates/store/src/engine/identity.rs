//! Which database this is, so that a published tree can tell its own from another one.
//!
//! Three questions are answered apart. The *database's id* says whose tree it is: a copy and a restored backup keep it. The *epoch*
//! says which counts can be compared: in a database that was restored from a backup, revisions begin again at a lower number, and
//! a page that was built with the lost ones would take the new counts for old. The *tree* says of which folder rows of work speak: one
//! that was moved away and put back is older than they say.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use crate::engine::begin::Begin;
use crate::engine::connection::{Connection, transaction};
use crate::engine::file::DatabaseFile;
use crate::engine::tokens;
use crate::schema::{comments, identity};
use crate::{Store, StoreError};

/// The one row.
const ROW: i64 = 1;

impl Store {
    /// What the published tree calls this database. A copy and a restored backup have the same.
    pub fn database_id(&self) -> Result<String, StoreError> {
        self.ask(|connection| Ok(identity::table.find(ROW).select(identity::database_id).get_result(connection)?))
    }

    /// Revisions of one epoch can be compared with each other, and with no others.
    pub fn epoch(&self) -> Result<String, StoreError> {
        self.ask(epoch)
    }

    /// Begins another epoch. To be called when published files know of later revisions than the database does.
    pub fn begin_epoch(&self) -> Result<(), StoreError> {
        self.write(|connection| {
            diesel::update(identity::table.find(ROW)).set(identity::epoch.eq(tokens::draw_epoch()?)).execute(connection)?;
            Ok(())
        })
    }

    /// The published tree of which rows of work speak, by its id; empty where there is none. Any other tree may lack what no row says.
    pub fn tree(&self) -> Result<String, StoreError> {
        self.ask(tree)
    }

    /// Whether the database holds no comment at all, as a new one does.
    pub fn is_blank(&self) -> Result<bool, StoreError> {
        self.ask(|connection| Ok(comments::table.select(comments::id).first::<String>(connection).optional()?.is_none()))
    }
}

pub(crate) fn epoch(connection: &mut Connection) -> Result<String, StoreError> {
    Ok(identity::table.find(ROW).select(identity::epoch).get_result(connection)?)
}

pub(crate) fn tree(connection: &mut Connection) -> Result<String, StoreError> {
    Ok(identity::table.find(ROW).select(identity::tree).get_result(connection)?)
}

pub(crate) fn set_tree(connection: &mut Connection, tree: &str) -> Result<(), StoreError> {
    diesel::update(identity::table.find(ROW)).set(identity::tree.eq(tree)).execute(connection)?;
    Ok(())
}

/// Gives a new database its identity. One that lies elsewhere than before may be a backup: it gets another epoch, and its rows of
/// work, which may be older than the published tree, speak of none any more. Writes only if it has to.
///
/// `file` is the one that the database is in; PostgreSQL has none.
pub(crate) fn settle(connection: &mut Connection, file: Option<&DatabaseFile>) -> Result<(), StoreError> {
    let place = place(connection, file)?;
    if settled(connection)?.as_deref() == Some(&*place) {
        return Ok(());
    }
    transaction(connection, Begin::Write, |connection| match settled(connection)? {
        // Another process was faster.
        Some(before) if before == place => Ok(()),
        Some(_) => {
            diesel::update(identity::table.find(ROW))
                .set((identity::epoch.eq(tokens::draw_epoch()?), identity::place.eq(&place), identity::tree.eq("")))
                .execute(connection)?;
            Ok(())
        }
        None => {
            let row = (
                identity::id.eq(ROW),
                identity::database_id.eq(tokens::draw_database_id()?),
                identity::epoch.eq(tokens::draw_epoch()?),
                identity::place.eq(&place),
                identity::tree.eq(""),
            );
            diesel::insert_into(identity::table).values(row).execute(connection)?;
            Ok(())
        }
    })
}

fn settled(connection: &mut Connection) -> Result<Option<String>, StoreError> {
    Ok(identity::table.find(ROW).select(identity::place).get_result(connection).optional()?)
}

/// What another file, or another database, does not have: a restored backup is seen by it.
fn place(connection: &mut Connection, file: Option<&DatabaseFile>) -> Result<String, StoreError> {
    match connection {
        Connection::Sqlite(_) => Ok(file.map(DatabaseFile::place).unwrap_or_default()),
        Connection::Postgres(connection) => postgres_place(connection),
    }
}

#[derive(QueryableByName)]
struct May {
    #[diesel(sql_type = Bool)]
    may: bool,
}

#[derive(QueryableByName)]
struct Place {
    #[diesel(sql_type = Text)]
    place: String,
}

/// Numbers of databases repeat from one server to the next, so the server's own number belongs to it, where this user may ask.
fn postgres_place(connection: &mut PgConnection) -> Result<String, StoreError> {
    let May { may } = diesel::sql_query("SELECT has_function_privilege('pg_control_system()', 'EXECUTE') AS may").get_result(connection)?;
    let server = if may { "(SELECT system_identifier FROM pg_control_system())::text" } else { "''" };
    let query = format!("SELECT {server} || '-' || oid::text AS place FROM pg_database WHERE datname = current_database()");
    Ok(diesel::sql_query(query).get_result::<Place>(connection)?.place)
}
