use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use ardoise_generator::{ChangeCommand, OnChange, OnChangeError, RunReport, Scope};
use ardoise_model::{ArticlePath, Timestamp};
use ardoise_store::{Claim, Consumers, ON_CHANGE_QUEUE, QueueFilter, Store};
use pretty_assertions::assert_eq;

use super::harness::{Case, wait_for};

/// Longer than any test.
const LONG: Duration = Duration::from_secs(600);
const LONG_LEASE: i64 = Timestamp::HOUR;

/// The report of a run without the lead.
fn changed(paths: &[&str]) -> RunReport {
    let articles = paths.iter().map(|path| ArticlePath::from_stored((*path).to_owned())).collect();
    RunReport { files: 1, articles, ..RunReport::default() }
}

fn now() -> Timestamp {
    let elapsed = SystemTime::UNIX_EPOCH.elapsed().expect("after 1970");
    Timestamp(i64::try_from(elapsed.as_millis()).expect("before the end of time"))
}

fn command(case: &Case, command: &str, limit: Duration) -> OnChange {
    let command = ChangeCommand { command: command.to_owned(), folder: case.folder.path().to_owned(), limit };
    let on_change = OnChange::new(case.store.clone(), command, now);
    on_change.set_allowed(true);
    on_change
}

/// Runs a command once, in the foreground.
fn run_now(case: &Case, line: &str, paths: &[&str]) -> Result<(), OnChangeError> {
    command(case, line, LONG).run_now(&changed(paths))
}

/// A command on its own thread, as `serve` runs it.
struct Running(Arc<OnChange>);

impl Running {
    fn start(on_change: OnChange) -> Self {
        let on_change = Arc::new(on_change);
        let running = on_change.clone();
        thread::spawn(move || running.run());
        Self(on_change)
    }

    fn finish(self, time: Duration) {
        self.0.finish(time);
    }
}

fn with_consumer(case: &Case) -> Store {
    case.store.clone().with_consumers(Consumers { changes: vec![ON_CHANGE_QUEUE.to_owned()], ..Consumers::default() })
}

/// Enqueues jobs for changed articles, as the generator does.
fn change(case: &Case, paths: &[&str]) {
    let subjects: Vec<String> = paths.iter().map(ToString::to_string).collect();
    let mut lead = with_consumer(case).lead().expect("asked").expect("nobody else");
    lead.finish_work(&[], &subjects, now()).expect("enqueued");
}

fn waiting_error(case: &Case) -> Option<String> {
    case.store.backlog(QueueFilter::Only(ON_CHANGE_QUEUE)).expect("queried").error
}

fn waiting(case: &Case) -> u64 {
    case.store.backlog(QueueFilter::Only(ON_CHANGE_QUEUE)).expect("queried").jobs
}

/// Returns whether the process with this id is gone, or is a zombie that was not reaped yet.
#[cfg(target_os = "linux")]
fn has_ended(pid: &Path) -> bool {
    let pid = fs::read_to_string(pid).expect("a number");
    let state = fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    state.rsplit_once(") ").is_none_or(|(_, state)| state.starts_with(['Z', 'X']))
}

#[test]
fn the_command_gets_the_paths_one_a_line() {
    let case = Case::new();
    run_now(&case, "cat > got", &["/é/", "/a b/"]).expect("it ran");
    assert_eq!(fs::read_to_string(case.path("got")).expect("written"), "/a b/\n/é/\n");
    run_now(&case, "true", &["/a/"]).expect("a command need not read");
}

#[test]
fn a_command_that_fails_is_quoted() {
    let case = Case::new();
    let error = run_now(&case, "echo no such bucket >&2; exit 3", &["/a/"]).expect_err("it fails");
    assert!(matches!(error, OnChangeError::Failed(..)));
    assert_eq!(error.to_string(), "[publish] on_change failed (exit status: 3): no such bucket");
}

#[test]
fn a_burst_is_one_run_and_the_end_leaves_nothing_out() {
    let case = Case::new();
    change(&case, &["/a/", "/b/", "/a/"]);
    let running = Running::start(command(&case, "cat >> got; echo . >> runs", LONG));
    wait_for("the command", || case.path("runs").exists() && waiting(&case) == 0);
    change(&case, &["/c/"]);
    running.finish(LONG);
    assert_eq!(fs::read_to_string(case.path("got")).expect("written"), "/a/\n/b/\n/c/\n");
    assert_eq!(fs::read_to_string(case.path("runs")).expect("written"), ".\n.\n");
}

#[test]
fn what_failed_is_run_after_the_next_start() {
    let case = Case::new();
    change(&case, &["/a/"]);
    let running = Running::start(command(&case, "touch ran; exit 1", LONG));
    wait_for("the command", || case.path("ran").exists());
    running.finish(LONG);
    let backlog = case.store.backlog(QueueFilter::Only(ON_CHANGE_QUEUE)).expect("queried");
    let error = "[publish] on_change failed (exit status: 1): it said nothing on standard error";
    assert_eq!((backlog.jobs, backlog.error.as_deref()), (1, Some(error)));
    let generated = RunReport { has_led: true, ..RunReport::default() };
    command(&case, "exit 2", LONG).run_now(&generated).expect_err("`generate` tries it again at once");
    let running = Running::start(command(&case, "cat > got", LONG));
    wait_for("the command", || fs::read_to_string(case.path("got")).is_ok_and(|got| got == "/a/\n"));
    running.finish(LONG);
    assert_eq!(waiting(&case), 0);
}

#[test]
fn a_process_that_does_not_lead_runs_nothing() {
    let case = Case::new();
    change(&case, &["/a/"]);
    let follower = command(&case, "touch ran", LONG);
    follower.set_allowed(false);
    Running::start(follower).finish(LONG);
    assert!(!case.path("ran").exists());
    assert_eq!(waiting(&case), 1);
}

#[test]
fn a_new_leader_runs_at_once_what_failed_elsewhere() {
    let case = Case::new();
    change(&case, &["/a/"]);
    let led = RunReport { has_led: true, ..RunReport::default() };
    command(&case, "exit 1", LONG).run_now(&led).expect_err("it fails");
    let follower = command(&case, "cat > got", LONG);
    follower.set_allowed(false);
    let running = Running::start(follower);
    running.0.set_allowed(true);
    wait_for("the command", || waiting(&case) == 0);
    running.finish(LONG);
    assert_eq!(fs::read_to_string(case.path("got")).expect("written"), "/a/\n");
}

#[test]
fn a_run_that_fails_elsewhere_is_repeated_by_run_now() {
    let case = Case::new();
    change(&case, &["/a/"]);
    let other = case.store.claim_queue(ON_CHANGE_QUEUE, now(), LONG_LEASE, 100).expect("claimed").expect("a job");
    let due = || case.store.next_due(ON_CHANGE_QUEUE).expect("queried").expect("a job").0 - now().0;
    let run = {
        let on_change = command(&case, "cat > got", LONG);
        thread::spawn(move || on_change.run_now(&RunReport { has_led: true, ..RunReport::default() }))
    };
    wait_for("it to shorten the other claim, and then to wait", || due() < LONG_LEASE / 2);
    case.store.postpone_jobs(&other, "no", Timestamp(now().0 + 900 * Timestamp::SECOND)).expect("postponed");
    wait_for("the command", || waiting(&case) == 0);
    run.join().expect("it ran").expect("it succeeded");
    assert_eq!(fs::read_to_string(case.path("got")).expect("written"), "/a/\n");
}

/// The clock of a process that panics.
fn broken_clock() -> Timestamp {
    panic!("on purpose")
}

#[test]
fn the_stop_does_not_wait_for_a_thread_that_has_panicked() {
    let case = Case::new();
    change(&case, &["/a/"]);
    let line = ChangeCommand { command: "true".to_owned(), folder: case.folder.path().to_owned(), limit: LONG };
    let on_change = Arc::new(OnChange::new(case.store.clone(), line, broken_clock));
    on_change.set_allowed(true);
    let running = on_change.clone();
    thread::spawn(move || running.run()).join().expect_err("it panics");
    on_change.finish(LONG);
    assert_eq!(waiting(&case), 1);
}

#[test]
fn each_failure_delays_the_next_run_further() {
    let case = Case::new();
    change(&case, &["/a/"]);
    let led = RunReport { has_led: true, ..RunReport::default() };
    for seconds in [30, 60, 120, 240, 480, 900, 900] {
        let begun = now();
        command(&case, "exit 1", LONG).run_now(&led).expect_err("it fails");
        let due = case.store.next_due(ON_CHANGE_QUEUE).expect("queried").expect("a job");
        let ended = now();
        let delays = begun.0 + seconds * Timestamp::SECOND..=ended.0 + seconds * Timestamp::SECOND;
        assert!(delays.contains(&due.0), "{due:?} is not {seconds} s after the run");
    }
}

#[test]
fn changed_articles_are_enqueued_with_the_work() {
    let case = Case::new();
    let store = with_consumer(&case);
    let generator = ardoise_generator::Generator::new(store.clone(), case.path("published"), case.settings.clone());
    let run = |scope| drop(generator.run(scope, &|_, _| {}).expect("generated"));
    let claim = || {
        let claim = store.claim_queue(ON_CHANGE_QUEUE, now(), 1_000_000, 100).expect("claimed")?;
        store.finish_jobs(&claim).expect("removed");
        Some(claim)
    };
    let subjects = |claim: Option<Claim>| claim.map(|claim| claim.jobs.into_iter().map(|job| job.subject).collect::<Vec<_>>());
    run(Scope::Full);
    claim();
    case.approved("/a/", "Hello");
    run(Scope::Changes);
    assert!(subjects(claim()).expect("a job").contains(&"/a/".to_owned()));
    run(Scope::Changes);
    run(Scope::Full);
    assert_eq!(claim(), None, "nothing has changed");
    // A process that was killed after it had written the files, before it removed the row.
    for scope in [Scope::Full, Scope::Changes] {
        case.tell("INSERT INTO generation_work (article_id) SELECT id FROM articles WHERE path = '/a/'");
        run(scope);
        assert_eq!(subjects(claim()), Some(vec!["/a/".to_owned()]), "{scope:?}");
    }
    // A file that belongs to no article.
    fs::remove_file(case.path("published/counts.json")).expect("removed");
    run(Scope::Full);
    assert_eq!(subjects(claim()), Some(vec![String::new()]));
}

/// A background process that keeps standard error and standard input open longer than any test.
#[cfg(target_os = "linux")]
#[test]
fn what_a_command_leaves_in_the_background_is_not_waited_for() {
    let case = Case::new();
    let leaves = "exec 3<&0; sleep 600 <&3 & echo $! > sleeper; cat >> got; echo . >> runs; echo said >&2";
    for round in 1..=2 {
        run_now(&case, leaves, &["/a/"]).expect("it ran");
        assert_eq!(fs::read_to_string(case.path("runs")).expect("written"), ".\n".repeat(round));
        assert!(!has_ended(&case.path("sleeper")), "it goes on");
        let sleeper = fs::read_to_string(case.path("sleeper")).expect("a number");
        let sleeper = sleeper.trim();
        let error = run_now(&case, &format!("echo why >&2; kill {sleeper}; exit 1"), &["/a/"]);
        assert!(error.expect_err("it fails").to_string().ends_with("(exit status: 1): why"));
    }
    // As `serve` runs the command: its end is not delayed either.
    change(&case, &["/b/"]);
    Running::start(command(&case, leaves, LONG)).finish(LONG);
    assert_eq!(fs::read_to_string(case.path("runs")).expect("written"), ".\n".repeat(3));
    assert!(!has_ended(&case.path("sleeper")), "a command that ended in time has nothing killed");
    let kill = format!("kill {}", fs::read_to_string(case.path("sleeper")).expect("a number").trim());
    run_now(&case, &kill, &["/a/"]).expect("killed");
}

#[cfg(target_os = "linux")]
#[test]
fn a_hanging_command_is_killed_with_its_children_and_run_again() {
    let case = Case::new();
    // The first run hangs, with a child that ignores SIGTERM.
    let hangs = "if [ -e hung ]; then cat > got; exit; fi; sh -c 'trap \"\" TERM; echo $$ > deaf; while :; do sleep 1; done' & \
                 while [ ! -s deaf ]; do sleep 0.05; done; echo $$ > leader; echo stuck >&2; touch hung; sleep 600";
    change(&case, &["/a/"]);
    let running = Running::start(command(&case, hangs, Duration::from_secs(4)));
    wait_for("the command to hang", || case.path("hung").exists());
    wait_for("its end", || has_ended(&case.path("leader")) && has_ended(&case.path("deaf")));
    change(&case, &["/b/"]);
    wait_for("the next run, which is told of both", || fs::read_to_string(case.path("got")).is_ok_and(|got| got == "/a/\n/b/\n"));
    running.finish(LONG);
}

/// A build or a copy that the shell has started gets the same time to end as the shell.
#[cfg(target_os = "linux")]
#[test]
fn what_the_shell_has_started_may_end_by_itself() {
    let case = Case::new();
    let cleans_up = "sh -c 'trap \"sleep 0.1; touch cleaned; exit\" TERM; touch begun; while :; do sleep 0.05; done'; true";
    change(&case, &["/a/"]);
    let running = Running::start(command(&case, cleans_up, LONG));
    wait_for("the command", || case.path("begun").exists());
    running.finish(Duration::ZERO);
    assert!(case.path("cleaned").exists());
}

#[test]
fn a_change_of_the_same_article_ends_the_wait_after_a_failure() {
    let case = Case::new();
    change(&case, &["/a/"]);
    let running = Running::start(command(&case, "echo . >> runs; test -e works", LONG));
    wait_for("the command", || waiting_error(&case).is_some());
    fs::write(case.path("works"), "").expect("written");
    change(&case, &["/a/"]);
    wait_for("the next run", || waiting(&case) == 0);
    running.finish(LONG);
    assert_eq!(fs::read_to_string(case.path("runs")).expect("written"), ".\n.\n");
}

#[test]
fn failures_leave_one_job_per_article() {
    let case = Case::new();
    change(&case, &["/a/"]);
    let running = Running::start(command(&case, "touch begun; while [ ! -e changed ]; do sleep 0.05; done; exit 1", LONG));
    wait_for("the command", || case.path("begun").exists());
    change(&case, &["/a/", "/b/"]);
    fs::write(case.path("changed"), "").expect("written");
    wait_for("the failure", || waiting_error(&case).is_some());
    running.finish(LONG);
    assert_eq!(waiting(&case), 2);
}

#[test]
fn two_processes_do_not_run_the_command_at_once() {
    let case = Case::new();
    change(&case, &["/a/"]);
    let running = Running::start(command(&case, "touch begun; while [ ! -e changed ]; do sleep 0.05; done; touch ended", LONG));
    wait_for("the command", || case.path("begun").exists());
    change(&case, &["/b/"]);
    assert_eq!(case.store.claim_queue(ON_CHANGE_QUEUE, now(), 1_000, 100).expect("queried"), None, "it is due, but another run goes on");
    let generated = RunReport { has_led: true, ..RunReport::default() };
    let foreground = command(&case, "test -e ended", LONG);
    thread::scope(|scope| {
        let waits = scope.spawn(|| foreground.run_now(&generated));
        fs::write(case.path("changed"), "").expect("written");
        waits.join().expect("it ended").expect("it began after the other run");
    });
    running.finish(LONG);
    assert_eq!(waiting(&case), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_hanging_command_is_killed_at_the_end() {
    let case = Case::new();
    change(&case, &["/a/"]);
    let running = Running::start(command(&case, "echo $$ > leader; sleep 600", LONG));
    wait_for("the command", || case.path("leader").exists());
    running.finish(Duration::from_millis(100));
    assert!(has_ended(&case.path("leader")));
    assert_eq!(waiting(&case), 1, "it is run again after the next start");
    let error = waiting_error(&case).expect("an error");
    assert!(error.starts_with("[publish] on_change was ended because Ardoise stopped"), "{error}");
}

#[test]
fn the_error_names_the_time_limit_and_quotes_the_output() {
    let case = Case::new();
    let error = command(&case, "echo stuck >&2; exec sleep 600", Duration::from_secs(1)).run_now(&changed(&["/a/"]));
    let error = error.expect_err("it hangs").to_string();
    assert_eq!(error, "[publish] on_change did not end within 1 s ([publish] on_change_seconds), and was killed: stuck");
}
