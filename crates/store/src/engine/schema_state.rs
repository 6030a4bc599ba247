//! Whether a database has this version's schema. Looking changes nothing: diesel's own look makes a table.

use std::collections::HashSet;

use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::MigrationHarness;

use crate::StoreError;
use crate::engine::connection::Connection;
use crate::engine::postgres;
use crate::engine::sqlite;

/// How a database's schema relates to this version's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SchemaState {
    /// It has no tables of ours.
    Absent,
    /// Migrations are missing.
    Older,
    /// It has all migrations of this version, and no other.
    Same,
    /// It has a migration that this version does not know.
    Newer(String),
}

/// Fails unless the schema is exactly this version's.
pub(crate) fn require(connection: &mut Connection) -> Result<(), StoreError> {
    match state(connection)? {
        SchemaState::Absent => Err(StoreError::NoDatabase),
        SchemaState::Older => Err(StoreError::OlderSchema),
        SchemaState::Newer(migration) => Err(StoreError::NewerSchema(migration)),
        SchemaState::Same => columns(connection),
    }
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

const TABLE: &str = "__diesel_schema_migrations";

/// Compares the migrations that were applied with those that are known.
pub(crate) fn state(connection: &mut Connection) -> Result<SchemaState, StoreError> {
    let known = known(connection)?;
    let there = match connection {
        Connection::Sqlite(connection) => {
            diesel::sql_query(format!("SELECT name FROM sqlite_master WHERE name = '{TABLE}'")).load::<Column>(connection)?
        }
        Connection::Postgres(connection) => {
            diesel::sql_query(format!("SELECT name FROM (SELECT to_regclass('{TABLE}')::text AS name) found WHERE name IS NOT NULL"))
                .load::<Column>(connection)?
        }
    };
    if !there.iter().any(|found| found.name.contains(TABLE)) {
        return Ok(SchemaState::Absent);
    }
    let query = diesel::sql_query(format!("SELECT version FROM {TABLE} ORDER BY version"));
    let applied: Vec<String> = match connection {
        Connection::Sqlite(connection) => query.load::<Applied>(connection)?,
        Connection::Postgres(connection) => query.load::<Applied>(connection)?,
    }
    .into_iter()
    .map(|applied| applied.version)
    .collect();
    Ok(match applied.iter().find(|version| !known.contains(version)) {
        Some(unknown) => SchemaState::Newer(unknown.clone()),
        None if applied.is_empty() => SchemaState::Absent,
        None if applied.len() < known.len() => SchemaState::Older,
        None => SchemaState::Same,
    })
}

fn known(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let versions = match connection {
        Connection::Sqlite(_) => versions::<diesel::sqlite::Sqlite>(&sqlite::MIGRATIONS),
        Connection::Postgres(_) => versions::<diesel::pg::Pg>(&postgres::MIGRATIONS),
    };
    versions.map_err(|error| StoreError::Migration(error.to_string()))
}

fn versions<D: diesel::backend::Backend>(source: &impl MigrationSource<D>) -> diesel::migration::Result<Vec<String>> {
    Ok(source.migrations()?.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// A column of a table.
#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
}

const COLUMNS_OF_SQLITE: &str =
    "SELECT m.name || '.' || p.name AS name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'
        AND m.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'";
const COLUMNS_OF_POSTGRES: &str =
    "SELECT (table_name || '.' || column_name)::text AS name FROM information_schema.columns WHERE table_schema = current_schema()";

/// A migration that was edited after a database had applied it leaves a database without columns that queries name. So those that
/// are there are compared with those that the migrations make in a database in memory; both databases have the same.
fn columns(connection: &mut Connection) -> Result<(), StoreError> {
    let found = match connection {
        Connection::Sqlite(connection) => diesel::sql_query(COLUMNS_OF_SQLITE).load::<Column>(connection)?,
        Connection::Postgres(connection) => diesel::sql_query(COLUMNS_OF_POSTGRES).load::<Column>(connection)?,
    };
    let found: HashSet<String> = found.into_iter().map(|column| column.name).collect();
    match expected()?.into_iter().find(|column| !found.contains(column)) {
        Some(missing) => Err(StoreError::WrongSchema(missing)),
        None => Ok(()),
    }
}

fn expected() -> Result<Vec<String>, StoreError> {
    let failed = |error: &dyn std::fmt::Display| StoreError::Migration(error.to_string());
    let mut memory = <SqliteConnection as diesel::Connection>::establish(":memory:").map_err(|error| failed(&error))?;
    memory.run_pending_migrations(sqlite::MIGRATIONS).map_err(|error| failed(&error))?;
    let columns = diesel::sql_query(COLUMNS_OF_SQLITE).load::<Column>(&mut memory)?;
    Ok(columns.into_iter().map(|column| column.name).collect())
}
