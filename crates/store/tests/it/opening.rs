//! Opening databases: what is created, and what is refused.

use ardoise_model::Status;
use ardoise_store::{Store, StoreError, StoreUrl};

use crate::harness::{Case, execute, on_both, sqlite_url};

on_both! {
    a_schema_of_another_version_is_refused_and_not_changed
    a_missing_column_is_named
    a_restored_database_keeps_its_id_and_begins_another_epoch
}

fn refused(opened: Result<Store, StoreError>) -> StoreError {
    opened.map(drop).expect_err("it is refused")
}

#[test]
fn opening_creates_no_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = sqlite_url(&folder);
    assert!(matches!(refused(Store::open(&url)), StoreError::NoDatabase));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
    std::fs::write(folder.path().join("a.db"), "").expect("written");
    assert!(matches!(refused(Store::open(&url)), StoreError::NoDatabase), "an empty file is none either");
    assert_eq!(std::fs::read(folder.path().join("a.db")).expect("a file").len(), 0);
}

fn a_schema_of_another_version_is_refused_and_not_changed(case: &Case) {
    const OLDER: &str = "DELETE FROM __diesel_schema_migrations WHERE version = '20261127000010'; ALTER TABLE identity DROP COLUMN tree;";
    execute(case, "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000001')");
    for opened in [Store::open(&case.url), Store::prepare(&case.url)] {
        let error = refused(opened);
        assert!(matches!(&error, StoreError::NewerSchema(migration) if migration == "20991231000001"), "{error}");
    }
    execute(case, "DELETE FROM __diesel_schema_migrations WHERE version = '20991231000001'");
    execute(case, OLDER);
    for _ in 0..2 {
        let error = refused(Store::open(&case.url));
        assert!(matches!(error, StoreError::OlderSchema) && error.to_string().contains("`ardoise migrate`"), "{error}");
    }
    Store::prepare(&case.url).expect("brought to this version");
    Store::open(&case.url).expect("opened").database_id().expect("an identity");
}

fn a_missing_column_is_named(case: &Case) {
    execute(case, "ALTER TABLE jobs RENAME COLUMN error TO trouble");
    for opened in [Store::open(&case.url), Store::prepare(&case.url)] {
        let error = refused(opened);
        assert!(matches!(&error, StoreError::WrongSchema(missing) if missing == "jobs.error"), "{error}");
    }
}

fn a_restored_database_keeps_its_id_and_begins_another_epoch(case: &Case) {
    let identity = |store: &Store| (store.database_id().expect("an id"), store.epoch().expect("an epoch"));
    let (id, epoch) = identity(&case.store);
    case.lead().switch_tree("", "a tree").expect("switched");
    assert!(!id.is_empty() && !epoch.is_empty());
    assert_eq!(identity(&Store::prepare(&case.url).expect("opened")), (id.clone(), epoch.clone()));
    assert_eq!(case.store.tree().expect("a tree"), "a tree");
    let is_restored = |store: &Store| {
        let restored = identity(store);
        assert!(restored.0 == id && restored.1 != epoch, "{restored:?}");
        assert_eq!(store.tree().expect("a tree"), "", "the published tree may know more than the backup");
    };
    match &case.url {
        StoreUrl::Sqlite(file) => {
            let copy = file.with_file_name("restored.db");
            execute(case, "PRAGMA wal_checkpoint(TRUNCATE)");
            std::fs::copy(file, &copy).expect("copied");
            is_restored(&Store::prepare(&StoreUrl::sqlite(copy)).expect("opened"));
        }
        // As after a dump was restored into another database.
        StoreUrl::Postgres(_) => {
            execute(case, "UPDATE identity SET place = 'elsewhere'");
            is_restored(&Store::prepare(&case.url).expect("opened"));
        }
    }
    case.submit("/a/", "Hello", None);
    assert_eq!(case.store.comments(Status::Pending).expect("comments").len(), 1);
}
