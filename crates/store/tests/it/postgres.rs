//! Behaviour that is specific to PostgreSQL.

use ardoise_model::{Actor, CommentId, Decision, Status, Timestamp};
use ardoise_store::{Diagnosis, SeenComment, Store, StoreError, StoreUrl, diagnose};
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl};
use pretty_assertions::assert_eq;

use crate::database::Database;
use crate::harness::{Case, submission};

fn url(text: &str) -> StoreUrl {
    text.parse().expect("a url")
}

/// Ends every session of the database, as a restart of the server does.
fn end_sessions(case: &Case) {
    let StoreUrl::Postgres(url) = &case.url else { unreachable!("this is PostgreSQL") };
    let mut connection = PgConnection::establish(url).expect("a connection");
    connection
        .batch_execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .expect("ended");
}

#[test]
fn many_processes_can_prepare_a_new_database_at_once() {
    for _ in 0..5 {
        let database = Database::new();
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| Store::prepare(&url(&database.url())).map(drop).expect("it opens"));
            }
        });
    }
}

#[test]
fn lost_sessions_are_replaced() {
    let case = Case::postgres();
    let id = case.submit("/a/", "Hello", None);
    for n in 0..5 {
        end_sessions(&case);
        // No submission is refused because of a session that was lost before.
        case.submit("/a/", &n.to_string(), None);
        case.store.ping().expect("healthy");
    }
    end_sessions(&case);
    case.decide(&id, Decision::Approve);
    assert_eq!(case.store.comments(Status::Pending).expect("comments").len(), 5);
}

#[test]
fn a_commit_is_flushed_whatever_the_server_says() {
    let database = Database::new();
    let name = database.url();
    let name = name.rsplit('/').next().and_then(|rest| rest.split('?').next()).expect("a name").to_owned();
    database.execute_on_server(&format!("ALTER DATABASE {name} SET synchronous_commit = off"));
    let store = Store::prepare(&url(&database.url())).expect("a store");
    assert_eq!(store.about().expect("queried").flushes, "on");
    database.execute_on_server(&format!("ALTER DATABASE {name} SET synchronous_commit = remote_apply"));
    let store = Store::prepare(&url(&database.url())).expect("a store");
    assert_eq!(store.about().expect("queried").flushes, "remote_apply", "what is stronger stays");
}

#[test]
fn read_only_sessions_are_replaced() {
    let case = Case::postgres();
    let id = case.submit("/a/", "Hello", None);
    let later = case.submit("/a/", "Later", None);
    // Opens sessions of the pool and of the writer.
    let busy = || case.store.detail(&id).map(drop);
    std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(busy))));
    case.store.ping().expect("healthy");
    let StoreUrl::Postgres(text) = &case.url else { unreachable!("this is PostgreSQL") };
    let name = text.rsplit('/').next().and_then(|rest| rest.split('?').next()).expect("a name");
    let mut owner = PgConnection::establish(text).expect("a connection");
    owner.batch_execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).expect("set");
    end_sessions(&case);
    let decide = |id: &CommentId| case.store.decide(&[SeenComment::unread(id.clone())], Decision::Spam, &Actor::COMMAND, Timestamp(9));
    assert!(matches!(decide(&id), Err(StoreError::Unavailable(_))), "sessions are those of a standby");
    assert!(matches!(case.store.submit(submission("/a/", "x", None), Status::Pending, Timestamp(9)), Err(StoreError::Unavailable(_))));
    assert!(case.store.ping().is_err(), "the health check fails");
    case.store.detail(&id).expect("reading works");
    // As after a promotion: old sessions still accept no writes, new ones do.
    let mut owner = PgConnection::establish(text).expect("a connection");
    owner
        .batch_execute(&format!("SET transaction_read_only = off; ALTER DATABASE {name} RESET default_transaction_read_only"))
        .expect("reset");
    case.submit("/a/", "not one is refused", None);
    case.store.ping().expect("healthy");
    // The sessions of the pool are old as well. One failure replaces all of them.
    let _ = decide(&id);
    decide(&id).expect("decided");
    decide(&later).expect("decided");
}

#[test]
fn a_database_that_cannot_hold_every_text_is_refused() {
    for encoding in ["LATIN1", "SQL_ASCII"] {
        let database = Database::with(&format!("ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0"));
        let error = Store::open(&url(&database.url())).map(drop).expect_err("refused").to_string();
        assert!(error.contains(encoding) && error.contains("ENCODING 'UTF8'"), "{error}");
        let diagnosis = diagnose(&url(&database.url())).expect_err("refused").to_string();
        assert!(diagnosis.contains(encoding), "{diagnosis}");
    }
}

#[test]
fn waiting_for_a_locked_table_times_out() {
    let case = Case::postgres();
    case.submit("/a/", "Hello", None);
    let StoreUrl::Postgres(text) = &case.url else { unreachable!("this is PostgreSQL") };
    let mut other = PgConnection::establish(text).expect("a connection");
    other.batch_execute("BEGIN; LOCK TABLE comments IN ACCESS EXCLUSIVE MODE").expect("locked");
    let refused = case.store.submit(submission("/a/", "late", None), Status::Pending, Timestamp(2));
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    other.batch_execute("ROLLBACK").expect("released");
    case.submit("/a/", "again", None);
    assert_eq!(case.store.comments(Status::Pending).expect("comments").len(), 2, "what was refused was not kept");
}

#[test]
fn a_server_that_requires_tls_is_reached() {
    let server = std::env::var("ARDOISE_TEST_POSTGRES_TLS").expect("`cargo xtask test` starts one and sets ARDOISE_TEST_POSTGRES_TLS");
    let store = Store::prepare(&url(&server)).expect("a store");
    assert!(store.about().expect("queried").encrypted);
    let plain = server.replace("sslmode=verify-full", "sslmode=disable");
    assert_ne!(plain, server);
    assert!(matches!(diagnose(&url(&plain)), Err(Diagnosis::Refused(_))), "it does insist");
    let (before, _) = server.split_once("sslrootcert=").expect("a certificate");
    let missing = diagnose(&url(&format!("{before}sslrootcert=/no/such/file"))).expect_err("there is no such file");
    assert!(matches!(&missing, Diagnosis::Refused(message) if message.contains("see sslmode and sslrootcert")), "{missing}");
}

#[test]
fn connection_errors_are_classified() {
    let database = Database::new();
    assert_eq!(diagnose(&url(&database.url())), Ok(()));
    let changed = |from: &str, to: &str| {
        let changed = database.url().replacen(from, to, 1);
        assert_ne!(changed, database.url(), "{from}");
        diagnose(&url(&changed)).expect_err("it is wrong")
    };
    let port = database.url().rsplit('/').nth(1).and_then(|host| host.rsplit(':').next().map(str::to_owned)).expect("a port");
    let down = changed(&format!(":{port}/"), ":1/");
    assert!(matches!(&down, Diagnosis::Unreachable(message) if message.contains("Connection refused")), "{down}");
    let host = changed("@127.0.0.1:", "@no.such.host.invalid:");
    assert!(matches!(host, Diagnosis::Url(_)), "{host}");
    let name = changed("/ardoise_", "/no_such_database_");
    assert!(matches!(name, Diagnosis::Url(_)), "{name}");
    let misspelt = changed("?", "?sslmod=require&");
    assert!(matches!(misspelt, Diagnosis::Url(_)), "{misspelt}");
    let password = changed("postgres://ardoise:", "postgres://ardoise:wrong");
    assert!(matches!(&password, Diagnosis::Refused(message) if message.contains("PGPASSWORD")), "{password}");
}

#[derive(QueryableByName)]
struct TableName {
    #[diesel(sql_type = Text)]
    name: String,
}

#[test]
fn missing_privileges_are_named() {
    let database = Database::new();
    let name = format!("reader_{}", std::process::id());
    database.execute_on_server(&format!("CREATE ROLE {name} LOGIN PASSWORD 'secret'"));
    let place = database.url().split_once('@').map(|(_, place)| place.to_owned()).expect("a host");
    let as_reader = url(&format!("postgres://{name}:secret@{place}"));
    let before = diagnose(&as_reader);
    drop(Store::prepare(&url(&database.url())).expect("a store"));
    let mut owner = PgConnection::establish(&database.url()).expect("a connection");
    let after = diagnose(&as_reader);
    owner
        .batch_execute(&format!(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}; GRANT CREATE ON SCHEMA public TO {name}"
        ))
        .expect("granted");
    let granted = diagnose(&as_reader);
    let tables: Vec<TableName> = diesel::sql_query(
        "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '%migrations' ORDER BY 1",
    )
    .load(&mut owner)
    .expect("tables");
    let revoked: Vec<_> = tables
        .iter()
        .map(|table| {
            owner.batch_execute(&format!("REVOKE UPDATE ON {} FROM {name}", table.name)).expect("revoked");
            let diagnosis = diagnose(&as_reader);
            owner.batch_execute(&format!("GRANT UPDATE ON {} TO {name}", table.name)).expect("granted");
            (&table.name, diagnosis)
        })
        .collect();
    owner.batch_execute(&format!("DROP OWNED BY {name}")).expect("dropped");
    drop(owner);
    database.execute_on_server(&format!("DROP ROLE {name}"));
    assert!(matches!(&before, Err(Diagnosis::Permission(message)) if message.contains("GRANT CREATE ON SCHEMA public")), "{before:?}");
    assert!(
        matches!(&after, Err(Diagnosis::Permission(message)) if message.contains("table articles") && message.contains("GRANT SELECT")),
        "{after:?}"
    );
    assert_eq!(granted, Ok(()));
    assert!(revoked.len() >= 18, "{revoked:?}");
    for (table, diagnosis) in revoked {
        assert!(
            matches!(&diagnosis, Err(Diagnosis::Permission(message)) if message.contains(&format!("table {table};"))),
            "{table}: {diagnosis:?}"
        );
    }
}

/// By default, OpenSSL frees its tables when a process exits, and a thread that connects at that moment crashes.
#[test]
fn a_process_may_end_while_its_threads_connect() {
    const ROLE: &str = "ARDOISE_TEST_CONNECTS_UNTIL_THE_END";
    if let Ok(database) = std::env::var(ROLE) {
        return connect_until_the_end(&url(&database));
    }
    let database = Database::new();
    drop(Store::prepare(&url(&database.url())).expect("a store"));
    for _ in 0..20 {
        let mut this_test = std::process::Command::new(std::env::current_exe().expect("this program"));
        this_test.args(["--exact", "postgres::a_process_may_end_while_its_threads_connect"]).env(ROLE, database.url());
        let output = this_test.output().expect("run");
        assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stdout));
    }
}

/// Returns once the threads have connected. They continue until the process ends.
fn connect_until_the_end(url: &StoreUrl) {
    let (sender, connected) = std::sync::mpsc::channel();
    for _ in 0..4 {
        let (sender, url) = (sender.clone(), url.clone());
        std::thread::spawn(move || {
            loop {
                drop(Store::open(&url).expect("a store"));
                let _ = sender.send(());
            }
        });
    }
    for _ in 0..8 {
        connected.recv().expect("a thread has connected");
    }
}
