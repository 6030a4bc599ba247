use diesel::migration::MigrationSource;
use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl, SqliteConnection};
use diesel_migrations::EmbeddedMigrations;
use pretty_assertions::assert_eq;

use super::*;

#[cfg(feature = "postgres")]
#[path = "postgres/migration_tests.rs"]
mod on_postgres;

#[derive(QueryableByName, Debug, PartialEq)]
struct SchemaPart {
    #[diesel(sql_type = Text)]
    part: String,
}

const SQLITE: &str = "SELECT sql AS part FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'
    AND name NOT LIKE 'sqlite%' ORDER BY name";

fn up_down_up<C, D>(connection: &mut C, migrations: &dyn Fn() -> EmbeddedMigrations, schema: impl Fn(&mut C) -> Vec<SchemaPart>)
where
    C: MigrationHarness<D>,
    D: diesel::backend::Backend,
    EmbeddedMigrations: MigrationSource<D>,
{
    // The order of columns is ignored: one that is added again comes last.
    let schema = |connection: &mut C| schema(connection).iter().map(without_order).collect::<Vec<_>>();
    let mut steps = vec![schema(connection)];
    while connection.has_pending_migration(migrations()).expect("queried") {
        connection.run_next_migration(migrations()).expect("up");
        steps.push(schema(connection));
    }
    assert!(steps.len() > 2 && steps.last().expect("a schema").len() > 4, "the schema is not empty");
    // Each migration reverts exactly its own changes.
    for before in steps.iter().rev().skip(1) {
        connection.revert_last_migration(migrations()).expect("down");
        assert_eq!(&schema(connection), before);
    }
    connection.run_pending_migrations(migrations()).expect("up again");
    assert_eq!(&schema(connection), steps.last().expect("a schema"));
}

/// Sorts the columns and constraints of a `CREATE TABLE` statement.
fn without_order(statement: &SchemaPart) -> String {
    let mut parts: Vec<_> = statement.part.split(',').map(|part| part.trim().trim_end_matches([')', '\n', ' '])).collect();
    parts.sort_unstable();
    parts.join("\n")
}

#[test]
fn every_migration_can_be_reverted_and_applied_again() {
    let mut sqlite = SqliteConnection::establish(":memory:").expect("a database in memory");
    up_down_up(&mut sqlite, &|| sqlite::MIGRATIONS, |connection| diesel::sql_query(SQLITE).load(connection).expect("readable"));
}

#[test]
fn counts_are_computed_for_existing_comments() {
    let mut connection = SqliteConnection::establish(":memory:").expect("a database in memory");
    connection.run_next_migration(sqlite::MIGRATIONS).expect("the first version");
    diesel::connection::SimpleConnection::batch_execute(
        &mut connection,
        "INSERT INTO articles (path, title, is_open, page, is_present) VALUES ('/a/', '', TRUE, '', TRUE), ('/b/', '', TRUE, '', TRUE);
         INSERT INTO comments (id, article_id, status, author, text, edit_token_hash, created_at) VALUES
             ('1', 2, 'approved', '', '', '', 0), ('2', 2, 'approved', '', '', '', 0), ('3', 1, 'pending', '', '', '', 0);",
    )
    .expect("filled");
    connection.run_pending_migrations(sqlite::MIGRATIONS).expect("the second version");
    let counts = "SELECT path || ' ' || approved || ' ' || revision AS part FROM articles ORDER BY path";
    let counts: Vec<SchemaPart> = diesel::sql_query(counts).load(&mut connection).expect("readable");
    assert_eq!(counts.iter().map(|part| &*part.part).collect::<Vec<_>>(), ["/a/ 0 0", "/b/ 2 2"]);
}

/// The version of the migration that creates the table `jobs`.
const JOBS: &str = "20261128000011";

/// Reverts the migration of this version, and all later ones.
fn revert_through(connection: &mut SqliteConnection, version: &str) {
    while connection.revert_last_migration(sqlite::MIGRATIONS).expect("down").to_string() != version {}
}

#[test]
fn messages_become_jobs_and_jobs_messages() {
    let mut connection = SqliteConnection::establish(":memory:").expect("a database in memory");
    connection.run_pending_migrations(sqlite::MIGRATIONS).expect("up");
    revert_through(&mut connection, JOBS);
    // The second is being sent.
    diesel::connection::SimpleConnection::batch_execute(
        &mut connection,
        "INSERT INTO messages (id, channel, kind, created_at, due_at, attempts, error) VALUES
             (1, 'mail Ines', 'pending', 1, 2, 1, 'no'), (2, 'webhook the chat', 'approved', 3, 4, 1, NULL), (5, 'reader 7', 'reply', 5, 6, 0, NULL)",
    )
    .expect("filled");
    let all = |connection: &mut SqliteConnection, query: &str| -> Vec<String> {
        let rows: Vec<SchemaPart> = diesel::sql_query(query).load(connection).expect("readable");
        rows.into_iter().map(|row| row.part).collect()
    };
    let messages = "SELECT id || ',' || channel || ',' || kind || ',' || due_at || ',' || attempts || ',' || COALESCE(error, '-') AS part
        FROM messages ORDER BY id";
    let before = all(&mut connection, messages);
    connection.run_pending_migrations(sqlite::MIGRATIONS).expect("up");
    let jobs = "SELECT id || ',' || queue || ',' || subject || ',' || kind || ',' || COALESCE(claim, '-') AS part FROM jobs ORDER BY id";
    let expected = ["1,mail,moderator Ines,pending,-", "2,webhook the chat,,approved,due 4", "5,mail,reader 7,reply,-"];
    assert_eq!(all(&mut connection, jobs), expected);
    revert_through(&mut connection, JOBS);
    assert_eq!(all(&mut connection, messages), before);
}
