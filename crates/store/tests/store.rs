//! The store through its public door, on a database file of its own.

use std::sync::atomic::{AtomicUsize, Ordering};

use ardoise_model::{Article, ArticlePath, CommentId, Decision, Draft, Origin, Status, Submission, Timestamp};
use ardoise_store::{CatalogueChange, CatalogueEntry, Departures, Store, StoreError, StoreUrl};
use diesel::connection::SimpleConnection;
use diesel::{Connection as _, SqliteConnection};
use pretty_assertions::assert_eq;

struct Case {
    store: Store,
    folder: tempfile::TempDir,
    clock: std::cell::Cell<i64>,
}

fn case() -> Case {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&url(&folder)).expect("a store");
    Case { store, folder, clock: std::cell::Cell::new(0) }
}

fn url(folder: &tempfile::TempDir) -> StoreUrl {
    "sqlite:a.db".parse::<StoreUrl>().expect("a url").relative_to(folder.path())
}

fn path(path: &str) -> ArticlePath {
    ArticlePath::from_stored(path.into())
}

fn entry(at: &str, title: &str) -> CatalogueEntry {
    CatalogueEntry { article: Article { path: path(at), title: title.into(), open: true }, page: format!("{at}index.html") }
}

fn submission(article: &str, text: &str, reply_to: Option<&CommentId>) -> Submission {
    let reply_to = reply_to.map(ToString::to_string).unwrap_or_default();
    let draft = Draft { article: article.into(), author: "Ada".into(), text: text.into(), reply_to, ..Draft::default() };
    let origin: Origin = "https://blog.example.org".parse().expect("an origin");
    Submission::check(&draft, &origin).expect("a good draft")
}

impl Case {
    fn now(&self) -> Timestamp {
        self.clock.set(self.clock.get() + 1);
        Timestamp(self.clock.get())
    }

    fn submit(&self, article: &str, text: &str, reply_to: Option<&CommentId>) -> CommentId {
        self.store.submit(submission(article, text, reply_to), Status::Pending, self.now()).expect("stored").id
    }

    fn decide(&self, id: &CommentId, decision: Decision) {
        self.store.decide(std::slice::from_ref(id), decision, self.now()).expect("decided");
    }

    fn finish(&self) -> usize {
        let work = self.store.work().expect("work");
        self.store.finish_work(&work).expect("finished");
        work.len()
    }
}

#[test]
fn a_comment_is_published_by_a_row_of_work() {
    let case = case();
    let id = case.submit("/été/", "Hello", None);
    assert!(!case.store.has_work().expect("asked"), "a pending comment changes no file");
    case.decide(&id, Decision::Approve);
    case.decide(&id, Decision::Approve);
    let work = case.store.work().expect("work");
    assert_eq!(work.iter().map(|w| w.article.as_str()).collect::<Vec<_>>(), ["/été/"]);
    assert_eq!(case.store.counts().expect("counts").get(&path("/été/")), Some(&1));

    case.decide(&id, Decision::Delete);
    case.store.finish_work(&work).expect("finished");
    assert!(case.store.has_work().expect("asked"), "what came after the row was read is not lost");
    assert_eq!(case.store.counts().expect("counts").len(), 0);
    let history: Vec<_> = case.store.detail(&id).expect("detail").decisions.into_iter().map(|(status, _)| status).collect();
    assert_eq!(history, [Status::Approved, Status::Deleted]);
}

#[test]
fn a_decision_on_several_is_all_or_nothing() {
    let case = case();
    let id = case.submit("/a/", "Hello", None);
    let nobody: CommentId = "0000000000".parse().expect("an id");
    let error = case.store.decide(&[id.clone(), nobody], Decision::Approve, case.now()).expect_err("no such comment");
    assert_eq!(error.to_string(), "there is no comment \"0000000000\"");
    assert_eq!(case.store.detail(&id).expect("detail").comment.status, Status::Pending);
    assert!(!case.store.has_work().expect("asked"));
}

#[test]
fn a_thread_shows_approved_comments_in_order() {
    let case = case();
    let first = case.submit("/a/", "first", None);
    let hidden = case.submit("/a/", "hidden", Some(&first));
    let answer = case.submit("/a/", "answer", Some(&hidden));
    case.submit("/b/", "elsewhere", None);
    for id in [&answer, &first] {
        case.decide(id, Decision::Approve);
    }
    let thread = case.store.thread(&path("/a/")).expect("thread");
    let shown: Vec<_> = thread.iter().map(|c| (c.text.as_str(), c.parent.as_ref())).collect();
    assert_eq!(shown, [("first", None), ("answer", Some(&first))]);
    let recent = case.store.recent(1).expect("recent");
    assert_eq!(recent.iter().map(|r| r.comment.text.as_str()).collect::<Vec<_>>(), ["answer"]);
}

#[test]
fn the_catalogue_follows_the_site() {
    let case = case();
    let sync = |entries: &[CatalogueEntry], departures| case.store.sync_catalogue(entries, departures).expect("synced");
    let change = |arrived, changed, missing| CatalogueChange { arrived, changed, missing };
    let both = [entry("/a/", "A"), entry("/b/", "B")];
    assert_eq!(sync(&both, Departures::Apply), change(2, 0, 0));
    assert_eq!(sync(&both, Departures::Apply), change(0, 0, 0));

    let id = case.submit("/b/", "Hello", None);
    assert_eq!(sync(&both[..1], Departures::Postpone), change(0, 0, 1));
    assert!(case.store.facts(&path("/b/"), Some(&id)).expect("facts").article.is_some(), "the site may be half built");
    assert_eq!(sync(&both[..1], Departures::Apply), change(0, 0, 1));
    assert_eq!(case.store.facts(&path("/b/"), None).expect("facts").article, None);
    assert_eq!(case.store.catalogue().expect("catalogue").len(), 1);

    assert_eq!(sync(&both, Departures::Apply), change(0, 1, 0));
    let rows = case.store.catalogue().expect("catalogue");
    assert_eq!(rows[1].counts.get(&Status::Pending), Some(&1), "comments outlive their article's absence");
    assert_eq!(case.finish(), 0);
    assert_eq!(sync(&[entry("/a/", "A"), entry("/b/", "New title")], Departures::Apply), change(0, 1, 0));
    assert_eq!(case.finish(), 1, "the newest comments show titles");
}

#[test]
fn ids_are_typed_by_their_beginning() {
    let case = case();
    let id = case.submit("/a/", "Hello", None);
    assert_eq!(case.store.resolve(&id.as_str()[..4].to_uppercase()).expect("found"), id);
    for unknown in ["", "%", "zzzzzzzzzz", "../"] {
        assert!(matches!(case.store.resolve(unknown), Err(StoreError::NoSuchComment(_))), "{unknown:?}");
    }
    for n in 0..40 {
        case.submit("/a/", &n.to_string(), None);
    }
    let ambiguous = CommentId::ALPHABET.chars().any(|c| matches!(case.store.resolve(&c.to_string()), Err(StoreError::Ambiguous { .. })));
    assert!(ambiguous, "41 ids, 32 first characters");
}

#[test]
fn another_process_sees_what_was_written() {
    let case = case();
    let id = case.submit("/a/", "Hello", None);
    let other = Store::open(&url(&case.folder)).expect("a second handle");
    other.decide(&[id], Decision::Approve, Timestamp(9)).expect("decided");
    assert!(case.store.has_work().expect("asked"));
}

#[test]
fn a_folder_may_have_any_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let odd = folder.path().join("a#b?mode=memory%20c é");
    std::fs::create_dir(&odd).expect("made");
    let url = "sqlite:a.db".parse::<StoreUrl>().expect("a url").relative_to(&odd);
    Store::open(&url).expect("a store").submit(submission("/a/", "Hello", None), Status::Pending, Timestamp(1)).expect("stored");
    let kept = Store::open(&url).expect("the same").comments(Status::Pending).expect("comments");
    assert_eq!((kept.len(), std::fs::read_dir(folder.path()).expect("readable").count()), (1, 1), "in that folder and nowhere else");
}

#[test]
fn a_database_that_was_removed_takes_nothing_in() {
    let case = case();
    case.submit("/a/", "Hello", None);
    for name in ["a.db", "a.db-wal", "a.db-shm"] {
        std::fs::remove_file(case.folder.path().join(name)).expect("removed");
    }
    let refused = |store: &Store| {
        matches!(store.submit(submission("/a/", "lost?", None), Status::Pending, Timestamp(2)), Err(StoreError::Unavailable(_)))
    };
    assert!(refused(&case.store), "nobody would ever find it");
    assert!(case.store.ping().is_err());
    assert!(!case.folder.path().join("a.db").exists(), "no empty database in its place");
    // Somebody puts another one there: that is not ours either, until a restart.
    drop(Store::open(&url(&case.folder)).expect("a new one"));
    assert!(refused(&case.store) && case.store.ping().is_err());
}

#[cfg(unix)]
#[test]
fn strangers_on_the_machine_cannot_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let case = case();
    case.submit("/a/", "Hello", None);
    for name in ["a.db", "a.db-wal", "a.db-shm"] {
        let mode = std::fs::metadata(case.folder.path().join(name)).expect("there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name} {mode:o}");
    }
}

#[test]
fn a_database_that_cannot_be_opened_says_where() {
    let folder = tempfile::tempdir().expect("a folder");
    let nowhere = "sqlite:no/such/folder/a.db".parse::<StoreUrl>().expect("a url").relative_to(folder.path());
    let Err(error) = Store::open(&nowhere) else { panic!("there is no such folder") };
    assert!(matches!(error, StoreError::Unavailable(_)) && error.to_string().contains("no/such/folder/a.db"), "{error}");
}

#[test]
fn parallel_writers_lose_nothing() {
    let case = case();
    let url = url(&case.folder);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let url = url.clone();
            scope.spawn(move || {
                let store = Store::open(&url).expect("a store");
                for n in 0..25 {
                    let submission = submission("/a/", &format!("{writer} {n}"), None);
                    store.submit(submission, Status::Approved, Timestamp(n)).expect("never locked");
                }
            });
        }
    });
    assert_eq!(case.store.counts().expect("counts").get(&path("/a/")), Some(&100));
}

#[test]
fn many_may_open_a_new_database_at_once() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().expect("a folder");
        let url = url(&folder);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| Store::open(&url).map(drop).expect("it opens"));
            }
        });
    }
}

/// How much of the write-ahead log `submissions` at once take up, all of which wait for a lock that is held meanwhile.
fn log_written(submissions: usize) -> u64 {
    let case = case();
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
fn submissions_that_wait_together_are_flushed_together() {
    let (one, forty) = (log_written(1), log_written(40));
    assert!(forty < 20 * one, "40 submissions wrote {forty} bytes of log, one wrote {one}");
}

#[test]
fn one_submission_that_fails_takes_no_other_along() {
    let case = case();
    let id = case.submit("/a/", "Hello", None);
    std::thread::scope(|scope| {
        for n in 0..20 {
            let (store, id) = (&case.store, &id);
            scope.spawn(move || {
                // An answer to a comment that is not there breaks a foreign key.
                let nobody: CommentId = "0000000000".parse().expect("an id");
                let parent = if n % 2 == 0 { id } else { &nobody };
                let stored = store.submit(submission("/a/", "Yes", Some(parent)), Status::Pending, Timestamp(1));
                assert_eq!(stored.is_ok(), n % 2 == 0);
            });
        }
    });
    assert_eq!(case.store.comments(Status::Pending).expect("comments").len(), 11);
}
