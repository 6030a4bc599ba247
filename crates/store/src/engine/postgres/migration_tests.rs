use diesel::{RunQueryDsl, SqliteConnection};
use pretty_assertions::assert_eq;

use super::*;
use crate::engine::postgres;

/// A PostgreSQL database of a test's own, shared with the integration tests.
#[path = "../../../tests/it/database.rs"]
mod database;

const SCHEMA: &str = "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS part
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '\\_\\_diesel%'
    UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        AND conname NOT LIKE '\\_\\_diesel%' ORDER BY 1";

/// All columns as `table.column`.
const COLUMNS: &str = "SELECT (table_name || '.' || column_name) COLLATE \"C\" AS part FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%' ORDER BY 1";
const SQLITE_COLUMNS: &str = "SELECT m.name || '.' || p.name AS part FROM sqlite_master m, pragma_table_info(m.name) p
    WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%' ORDER BY 1";

#[test]
fn every_migration_can_be_reverted_and_applied_again() {
    let database = database::Database::new();
    let mut connection = postgres::connect(&database.url()).expect("a connection");
    up_down_up(&mut connection, &|| postgres::MIGRATIONS, |connection| diesel::sql_query(SCHEMA).load(connection).expect("readable"));
    let mut sqlite = SqliteConnection::establish(":memory:").expect("a database in memory");
    sqlite.run_pending_migrations(sqlite::MIGRATIONS).expect("up");
    let columns: Vec<SchemaPart> = diesel::sql_query(COLUMNS).load(&mut connection).expect("readable");
    let of_sqlite: Vec<SchemaPart> = diesel::sql_query(SQLITE_COLUMNS).load(&mut sqlite).expect("readable");
    assert_eq!(columns, of_sqlite, "both databases hold the same");
}
