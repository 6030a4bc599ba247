use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl};
use pretty_assertions::assert_eq;

use super::*;

#[derive(QueryableByName)]
struct Statement {
    #[diesel(sql_type = Text)]
    sql: String,
}

fn schema(connection: &mut Connection) -> Vec<String> {
    diesel::sql_query("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' ORDER BY name")
        .load::<Statement>(connection)
        .expect("the schema is readable")
        .into_iter()
        .map(|statement| statement.sql)
        .collect()
}

#[test]
fn every_migration_goes_up_down_and_up() {
    let mut connection = Connection::establish(":memory:").expect("a database in memory");
    connection.run_pending_migrations(MIGRATIONS).expect("up");
    let up = schema(&mut connection);
    connection.revert_all_migrations(MIGRATIONS).expect("down");
    assert_eq!(schema(&mut connection), Vec::<String>::new());
    connection.run_pending_migrations(MIGRATIONS).expect("up again");
    assert_eq!(schema(&mut connection), up);
    assert!(up.len() > 4, "the schema is not empty");
}
