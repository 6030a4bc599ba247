use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ardoise_generator::{Scope, StopSignal, Worker};
use ardoise_model::{Actor, Decision};
use ardoise_store::{SeenComment, Store};

use super::harness::{Case, wait_for};

/// Stops the worker even if a test fails. Otherwise it would never end.
struct StopAtEnd<'a>(&'a StopSignal);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.set();
    }
}

#[test]
fn what_another_process_decides_is_published_and_nothing_is_left_at_the_end() {
    let case = Case::new();
    case.approved("/before/", "Hello");
    let (stop, worker) = (StopSignal::default(), Worker::new(case.generator("published"), None, Duration::ZERO));
    let id = case.submit("/a/", "Hello", None);
    std::thread::scope(|scope| {
        let _stop = StopAtEnd(&stop);
        scope.spawn(|| worker.run(&stop));
        wait_for("the first full run", || case.path("published/before/index.json").exists());
        // Another connection to the same database, like that of the command line.
        let other = Store::open(&case.url).expect("a store");
        other
            .decide(&[SeenComment::read(&other.detail(&id).expect("detail").comment)], Decision::Approve, &Actor::COMMAND, case.now())
            .expect("decided");
        wait_for("the comment's file", || case.path("published/a/index.json").exists());
        stop.set();
        other.decide(&[SeenComment::unread(id.clone())], Decision::Delete, &Actor::COMMAND, case.now()).expect("decided");
        case.approved("/last/", "Hello");
    });
    // Rows of work that the worker did not do are left to the next run.
    worker.run(&stop);
    assert!(!case.store.has_work().expect("asked"));
    assert!(case.path("published/last/index.json").exists() && !case.path("published/a").exists());
}

#[test]
fn it_stops_though_another_generator_is_at_work() {
    let case = Case::new();
    case.generate(Scope::Full);
    case.approved("/a/", "Hello");
    let other = std::fs::File::open(case.path("published")).expect("the lock");
    other.lock().expect("locked");
    let (stop, worker) = (StopSignal::default(), Worker::new(case.generator("published"), None, Duration::ZERO));
    stop.set();
    worker.run(&stop);
    assert!(case.store.has_work().expect("asked"), "what it did not do is left to the other");
    other.unlock().expect("unlocked");
    worker.run(&stop);
    assert!(!case.store.has_work().expect("asked") && case.path("published/a/index.json").exists());
}

#[test]
fn a_change_is_no_reason_to_compare_everything() {
    let case = Case::new();
    case.approved("/b/", "Hello");
    let (stop, worker) = (StopSignal::default(), Worker::new(case.generator("published"), None, Duration::ZERO));
    std::thread::scope(|scope| {
        let _stop = StopAtEnd(&stop);
        scope.spawn(|| worker.run(&stop));
        wait_for("the first full run", || {
            std::fs::read_to_string(case.path("published/.ardoise")).is_ok_and(|mark| mark.contains("complete"))
        });
        std::fs::remove_file(case.path("published/b/index.json")).expect("removed");
        case.approved("/a/", "Hello");
        wait_for("the comment's file", || case.path("published/a/index.json").exists());
        stop.set();
    });
    assert!(!case.path("published/b/index.json").exists(), "the first run of the next start finds it");
}

#[test]
fn after_the_stop_deadline_rows_are_left_to_the_next_start() {
    let case = Case::new();
    case.generate(Scope::Full);
    for n in 0..1030 {
        case.approved(&format!("/{n:04}/"), "Hello");
    }
    let stop = StopSignal::default();
    stop.set_with_deadline(Duration::ZERO);
    case.generator("published").until(&stop).run(Scope::Changes, &|_, _| {}).expect("generated");
    assert_eq!(case.work().len(), 6, "what it had begun is whole");
}

#[test]
fn a_suspended_waiting_process_blocks_no_other() {
    let case = Case::new();
    case.generate(Scope::Full);
    // Like a command that was suspended while it waited.
    let mark = std::fs::File::open(case.path("published/.ardoise")).expect("the mark");
    mark.lock().expect("locked");
    let (stop, worker) = (StopSignal::default(), Worker::new(case.generator("published"), None, Duration::ZERO));
    std::thread::scope(|scope| {
        let _stop = StopAtEnd(&stop);
        scope.spawn(|| worker.run(&stop));
        for article in ["/a/", "/b/"] {
            case.approved(article, "Hello");
            wait_for("the comment's file", || case.path(&format!("published{article}index.json")).exists());
        }
    });
}

#[test]
fn a_run_ends_though_there_is_always_more_to_do() {
    let case = Case::new();
    case.generate(Scope::Full);
    case.approved("/a/", "Hello");
    let told = std::cell::Cell::new(0);
    let more_meanwhile = |_: usize, _: usize| {
        told.set(told.get() + 1);
        assert!(told.get() < 20, "it does not end");
        case.approved("/a/", "And more");
    };
    case.generator("published").run(Scope::Changes, &more_meanwhile).expect("generated");
    assert!(told.get() > 0 && case.store.has_work().expect("asked"), "what came meanwhile is for the next run");
}

#[test]
fn a_comparison_waits_for_a_generator_that_is_at_work() {
    let case = Case::new();
    case.generate(Scope::Full);
    // A file that another process is writing.
    std::fs::write(case.path("published/.ardoise-abc.tmp"), "half").expect("written");
    assert_eq!(case.differences(), []);
    case.approved("/a/", "Hello");
    assert_ne!(case.differences(), [], "nobody is waited for");
    let other = case.generator("published");
    let mut found = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // The comparison may have begun or not. In both cases there are no differences.
            std::thread::sleep(Duration::from_millis(100));
            other.run(Scope::Changes, &|_, _| {}).expect("generated");
        });
        let long = Duration::from_secs(60);
        case.generator("published").check(long, &|_, _| {}, &mut |difference| found.push(difference)).expect("checked");
    });
    assert_eq!(found, []);
}

/// How often the test below has rendered a comment.
static RENDERED: AtomicUsize = AtomicUsize::new(0);

#[cfg(unix)]
#[test]
fn after_the_stop_deadline_nothing_is_retried() {
    let mut case = Case::new();
    case.settings.renderer = |text| {
        RENDERED.fetch_add(1, Ordering::SeqCst);
        ardoise_model::render(text)
    };
    case.generate(Scope::Full);
    // A symbolic link to itself can be neither read nor followed, even by root.
    std::fs::create_dir(case.path("published/a")).expect("made");
    std::os::unix::fs::symlink("index.json", case.path("published/a/index.json")).expect("linked");
    case.approved("/a/", "Hello");
    let stop = StopSignal::default();
    stop.set_with_deadline(Duration::ZERO);
    case.generator("published").until(&stop).run(Scope::Full, &|_, _| {}).expect_err("it cannot be written");
    let once = RENDERED.swap(0, Ordering::SeqCst);
    Worker::new(case.generator("published"), None, Duration::ZERO).run(&stop);
    assert_eq!((RENDERED.load(Ordering::SeqCst), case.work().len()), (once, 1));
}
