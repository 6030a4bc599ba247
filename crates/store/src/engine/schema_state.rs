//! Whether a database has this version's schema. Nothing is changed: diesel's own check creates a table.

use std::collections::HashSet;

use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use crate::engine::connection::Connection;
use crate::engine::either::on_either;
use crate::engine::sqlite;
use crate::error::StoreError;

/// How a database's schema relates to this version's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SchemaState {
    /// The database has none of Ardoise's tables.
    Absent,
    /// Migrations are missing.
    Older,
    /// Exactly this version's migrations were applied.
    Same,
    /// A migration was applied that this version does not know.
    Newer(String),
}

/// Fails unless the schema is exactly this version's.
pub(crate) fn require(connection: &mut Connection) -> Result<(), StoreError> {
    match state(connection)? {
        SchemaState::Absent => Err(StoreError::NoDatabase),
        SchemaState::Older => Err(StoreError::OlderSchema),
        SchemaState::Newer(migration) => Err(StoreError::NewerSchema(migration)),
        SchemaState::Same => require_columns(connection),
    }
}

const MIGRATIONS_TABLE: &str = "__diesel_schema_migrations";

#[derive(QueryableByName)]
struct AppliedMigration {
    #[diesel(sql_type = Text)]
    version: String,
}

/// The name of a table, or of a column as `table.column`.
#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Compares the applied migrations with the known ones.
pub(crate) fn state(connection: &mut Connection) -> Result<SchemaState, StoreError> {
    let known = known_versions(connection)?;
    if !has_migrations_table(connection)? {
        return Ok(SchemaState::Absent);
    }
    let query = diesel::sql_query(format!("SELECT version FROM {MIGRATIONS_TABLE} ORDER BY version"));
    let applied = on_either!(connection => query.load::<AppliedMigration>(connection))?;
    Ok(match applied.iter().find(|applied| !known.contains(&applied.version)) {
        Some(unknown) => SchemaState::Newer(unknown.version.clone()),
        None if applied.is_empty() => SchemaState::Absent,
        None if applied.len() < known.len() => SchemaState::Older,
        None => SchemaState::Same,
    })
}

fn has_migrations_table(connection: &mut Connection) -> Result<bool, StoreError> {
    let query = if connection.is_sqlite() {
        format!("SELECT name FROM sqlite_master WHERE name = '{MIGRATIONS_TABLE}'")
    } else {
        format!("SELECT name FROM (SELECT to_regclass('{MIGRATIONS_TABLE}')::text AS name) found WHERE name IS NOT NULL")
    };
    let tables = on_either!(connection => diesel::sql_query(query).load::<Named>(connection))?;
    Ok(tables.iter().any(|table| table.name.contains(MIGRATIONS_TABLE)))
}

/// This version's migrations of the database.
pub(crate) fn migrations(connection: &Connection) -> EmbeddedMigrations {
    match connection {
        Connection::Sqlite(_) => sqlite::MIGRATIONS,
        #[cfg(feature = "postgres")]
        Connection::Postgres(_) => crate::engine::postgres::MIGRATIONS,
    }
}

fn known_versions(connection: &Connection) -> Result<Vec<String>, StoreError> {
    // The versions are read from names, which are the same for every database.
    let known = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&migrations(connection));
    let known = known.map_err(|error| StoreError::Migration(error.to_string()))?;
    Ok(known.iter().map(|migration| migration.name().version().to_string()).collect())
}

const SQLITE_COLUMNS: &str =
    "SELECT m.name || '.' || p.name AS name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'
        AND m.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'";
const POSTGRES_COLUMNS: &str =
    "SELECT (table_name || '.' || column_name)::text AS name FROM information_schema.columns WHERE table_schema = current_schema()";

/// Fails if a column is missing. A migration that was edited after it had been applied leaves a database without columns that queries
/// name. The expected columns are those that the migrations create in a database in memory; both databases have the same.
fn require_columns(connection: &mut Connection) -> Result<(), StoreError> {
    let query = if connection.is_sqlite() { SQLITE_COLUMNS } else { POSTGRES_COLUMNS };
    let found = on_either!(connection => diesel::sql_query(query).load::<Named>(connection))?;
    let found: HashSet<String> = found.into_iter().map(|column| column.name).collect();
    match expected_columns()?.into_iter().find(|column| !found.contains(column)) {
        Some(missing) => Err(StoreError::WrongSchema(missing)),
        None => Ok(()),
    }
}

fn expected_columns() -> Result<Vec<String>, StoreError> {
    let failed = |error: &dyn std::fmt::Display| StoreError::Migration(error.to_string());
    let mut memory = <SqliteConnection as diesel::Connection>::establish(":memory:").map_err(|error| failed(&error))?;
    memory.run_pending_migrations(sqlite::MIGRATIONS).map_err(|error| failed(&error))?;
    let columns = diesel::sql_query(SQLITE_COLUMNS).load::<Named>(&mut memory)?;
    Ok(columns.into_iter().map(|column| column.name).collect())
}
