//! Behaviour that is specific to SQLite.

use std::sync::atomic::{AtomicUsize, Ordering};

use ardoise_model::{Status, Timestamp};
use ardoise_store::{Store, StoreError, StoreUrl};
use diesel::connection::SimpleConnection;
use diesel::{Connection as _, RunQueryDsl, SqliteConnection};
use pretty_assertions::assert_eq;

use crate::harness::{Case, sqlite_url, submission};

#[test]
fn a_folder_can_have_any_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let odd = folder.path().join("a#b?mode=memory%20c é");
    std::fs::create_dir(&odd).expect("made");
    let url = "sqlite:a.db".parse::<StoreUrl>().expect("a url").relative_to(&odd);
    Store::prepare(&url).expect("a store").submit(submission("/a/", "Hello", None), Status::Pending, Timestamp(1)).expect("stored");
    let kept = Store::open(&url).expect("the same").comments(Status::Pending).expect("comments");
    assert_eq!((kept.len(), std::fs::read_dir(folder.path()).expect("readable").count()), (1, 1), "only that folder is used");
}

#[test]
fn a_folder_in_the_place_of_the_file_is_named() {
    let case = Case::sqlite();
    let url = StoreUrl::sqlite(case.folder.path());
    let expected = format!("{0} is a folder; name a file, such as \"sqlite:{0}/ardoise.db\"", case.folder.path().display());
    for refused in [Store::prepare(&url), Store::open(&url)] {
        let error = refused.err().expect("refused").to_string();
        assert!(error.contains(&expected), "{error}");
    }
}

#[test]
fn a_removed_database_accepts_nothing() {
    let case = Case::sqlite();
    case.submit("/a/", "Hello", None);
    for name in ["a.db", "a.db-wal", "a.db-shm"] {
        std::fs::remove_file(case.folder.path().join(name)).expect("removed");
    }
    let refused = |store: &Store| {
        matches!(store.submit(submission("/a/", "lost?", None), Status::Pending, Timestamp(2)), Err(StoreError::Unavailable(_)))
    };
    assert!(refused(&case.store), "it would be lost");
    assert!(case.store.ping().is_err());
    assert!(!case.folder.path().join("a.db").exists(), "no empty database in its place");
    // A new database at the same path is not used either, until a restart.
    drop(Store::prepare(&case.url).expect("a new one"));
    assert!(refused(&case.store) && case.store.ping().is_err());
}

#[cfg(unix)]
#[test]
fn other_users_cannot_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let case = Case::sqlite();
    case.submit("/a/", "Hello", None);
    for name in ["a.db", "a.db-wal", "a.db-shm"] {
        let mode = std::fs::metadata(case.folder.path().join(name)).expect("there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name} {mode:o}");
    }
}

#[test]
fn an_error_at_opening_names_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let nowhere = "sqlite:no/such/folder/a.db".parse::<StoreUrl>().expect("a url").relative_to(folder.path());
    let Err(error) = Store::prepare(&nowhere) else { panic!("there is no such folder") };
    assert!(matches!(error, StoreError::Unavailable(_)) && error.to_string().contains("no/such/folder/a.db"), "{error}");
}

#[test]
fn many_processes_can_prepare_a_new_database_at_once() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().expect("a folder");
        let url = sqlite_url(&folder);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| Store::prepare(&url).map(drop).expect("it opens"));
            }
        });
    }
}

/// Returns by how many bytes the write-ahead log grows when this number of submissions wait for a lock and are then written.
fn wal_growth(submissions: usize) -> u64 {
    let case = Case::sqlite();
    case.submit("/a/", "the first one makes the article", None);
    let log = case.folder.path().join("a.db-wal");
    let size = || std::fs::metadata(&log).map_or(0, |metadata| metadata.len());
    let before = size();
    let mut other = SqliteConnection::establish(&case.folder.path().join("a.db").to_string_lossy()).expect("a connection");
    other.batch_execute("BEGIN IMMEDIATE").expect("the lock");
    let arrived = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for n in 0..submissions {
            let (store, arrived) = (&case.store, &arrived);
            scope.spawn(move || {
                let submission = submission("/a/", &n.to_string(), None);
                arrived.fetch_add(1, Ordering::SeqCst);
                store.submit(submission, Status::Pending, Timestamp(1)).expect("stored");
            });
        }
        while arrived.load(Ordering::SeqCst) < submissions {
            std::thread::yield_now();
        }
        other.batch_execute("ROLLBACK").expect("released");
    });
    assert_eq!(case.store.comments(Status::Pending).expect("comments").len(), submissions + 1);
    size() - before
}

#[test]
fn submissions_that_wait_together_share_a_flush() {
    let (one, forty) = (wal_growth(1), wal_growth(40));
    assert!(forty < 20 * one, "40 submissions wrote {forty} bytes of log, one wrote {one}");
}

#[test]
fn an_idle_database_has_everything_in_its_file() {
    let case = Case::sqlite();
    case.submit("/a/", "Hello", None);
    // What another process has written is copied into the file as well.
    Store::open(&case.url).expect("another").submit(submission("/a/", "Again", None), Status::Pending, Timestamp(2)).expect("stored");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let copied = || {
        // As `cp` does, without the write-ahead log.
        let file = elsewhere.path().join("a.db");
        std::fs::copy(case.folder.path().join("a.db"), &file).expect("copied");
        let mut copy = SqliteConnection::establish(&file.to_string_lossy()).expect("it opens");
        diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>("(SELECT COUNT(*) FROM comments)")).get_result::<i64>(&mut copy)
    };
    let begun = std::time::Instant::now();
    while !matches!(copied(), Ok(2)) {
        assert!(begun.elapsed().as_secs() < 60, "waited for both comments to be in the file");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn a_locked_database_ends_no_session() {
    let case = Case::sqlite();
    let now = Timestamp(1_489_307_400_000);
    let link = case.store.invite("Ada", now).expect("a link");
    let cookie = case.store.sign_in(&link, "Firefox", now).expect("queried").expect("a cookie");
    let mut other = SqliteConnection::establish(&case.folder.path().join("a.db").to_string_lossy()).expect("it opens");
    other.batch_execute("BEGIN IMMEDIATE").expect("locked");
    let later = Timestamp(now.0 + Timestamp::HOUR);
    // Its last use cannot be updated.
    let session = case.store.session(&cookie, later).expect("read").expect("a session");
    assert_eq!(session.seen_at, now);
    other.batch_execute("ROLLBACK").expect("released");
    let begun = std::time::Instant::now();
    while case.store.session(&cookie, later).expect("read").expect("a session").seen_at != later {
        assert!(begun.elapsed().as_secs() < 60, "waited for its use to be noted");
    }
}

/// Only the catalogue has a lease.
#[test]
fn a_dead_process_is_detected_at_once() {
    let case = Case::sqlite();
    let other = Store::open(&case.url).expect("another process");
    let lead = case.store.lead_catalogue().expect("queried").expect("it is free");
    assert!(other.lead_catalogue().expect("queried").is_none(), "its holder lives");
    lead.check().expect("it is ours");
    drop(lead);
    // The row that a killed process in a container leaves. Its process id is reused at once.
    let StoreUrl::Sqlite(file) = &case.url else { unreachable!("this is SQLite") };
    let mut connection = SqliteConnection::establish(&file.to_string_lossy()).expect("it opens");
    let until = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + 100000";
    let mut leave = |holder: &str| {
        let left = format!("UPDATE leases SET holder = '{holder}', expires_at = {until} WHERE name = 'catalogue'");
        connection.batch_execute(&left).expect("left");
    };
    leave("token");
    assert!(other.lead_catalogue().expect("queried").is_none(), "a holder that could not lock a file may live");
    leave("present-token");
    let lead = other.lead_catalogue().expect("queried").expect("it has ended");
    assert!(case.store.lead_catalogue().expect("queried").is_none(), "the next one lives");
    lead.check().expect("it is ours");
}

#[cfg(unix)]
#[test]
fn a_link_to_the_database_leads_to_the_same_lease() {
    let case = Case::sqlite();
    let StoreUrl::Sqlite(file) = &case.url else { unreachable!("this is SQLite") };
    let link = case.folder.path().join("link.db");
    std::os::unix::fs::symlink(file, &link).expect("linked");
    let other = Store::open(&StoreUrl::Sqlite(link)).expect("another process");
    let _lead = case.store.lead_catalogue().expect("queried").expect("it is free");
    assert!(other.lead_catalogue().expect("queried").is_none(), "its holder lives");
}
