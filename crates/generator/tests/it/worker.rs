use std::time::Duration;

use ardoise_generator::{Scope, Stop, Worker};
use ardoise_model::{Actor, Decision};
use ardoise_store::{Seen, Store};

use super::harness::{Case, wait_for};

const FAREWELL: Duration = Duration::from_secs(10);

#[test]
fn what_another_process_decides_is_published_and_nothing_is_left_at_the_end() {
    let case = Case::new();
    case.approved("/before/", "Hello");
    let (stop, worker) = (Stop::default(), Worker::new(case.generator("published"), None, FAREWELL));
    let id = case.submit("/a/", "Hello", None);
    std::thread::scope(|scope| {
        scope.spawn(|| worker.run(&stop));
        wait_for("the first full run", || case.path("published/before/index.json").exists());
        // Another handle on the same database: what the command line does.
        let other = Store::open(&case.url).expect("a store");
        other
            .decide(&[Seen::read(&other.detail(&id).expect("detail").comment)], Decision::Approve, &Actor::COMMAND, case.now())
            .expect("decided");
        wait_for("the comment's file", || case.path("published/a/index.json").exists());
        stop.set();
        other.decide(&[Seen::unread(id.clone())], Decision::Delete, &Actor::COMMAND, case.now()).expect("decided");
        case.approved("/last/", "Hello");
    });
    // Whatever the worker did not come to is still a row, and the next run does it.
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
    let (stop, worker) = (Stop::default(), Worker::new(case.generator("published"), None, FAREWELL));
    stop.set();
    worker.run(&stop);
    assert!(case.store.has_work().expect("asked"), "what it did not do is left to the other");
    other.unlock().expect("unlocked");
    worker.run(&stop);
    assert!(!case.store.has_work().expect("asked") && case.path("published/a/index.json").exists());
}
