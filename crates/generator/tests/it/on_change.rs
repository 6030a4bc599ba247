use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use ardoise_generator::{ChangeCommand, OnChange, OnChangeError};
use ardoise_model::ArticlePath;
use pretty_assertions::assert_eq;

use super::harness::{Case, wait_for};

/// Longer than any test.
const LONG: Duration = Duration::from_secs(600);

fn articles(paths: &[&str]) -> BTreeSet<ArticlePath> {
    paths.iter().map(|path| ArticlePath::from_stored((*path).to_owned())).collect()
}

fn command(case: &Case, command: &str, limit: Duration) -> ChangeCommand {
    ChangeCommand { command: command.to_owned(), folder: case.folder.path().to_owned(), limit }
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
    OnChange::run_once(&command(&case, "cat > got", LONG), &articles(&["/é/", "/a b/"])).expect("it ran");
    assert_eq!(fs::read_to_string(case.path("got")).expect("written"), "/a b/\n/é/\n");
    OnChange::run_once(&command(&case, "true", LONG), &articles(&["/a/"; 1])).expect("a command need not read");
}

#[test]
fn a_command_that_fails_is_quoted() {
    let case = Case::new();
    let error = OnChange::run_once(&command(&case, "echo no such bucket >&2; exit 3", LONG), &articles(&["/a/"]));
    let error = error.expect_err("it fails");
    assert!(matches!(error, OnChangeError::Failed(..)));
    assert_eq!(error.to_string(), "[publish] on_change failed (exit status: 3): no such bucket");
}

#[test]
fn a_burst_is_one_run_and_the_end_leaves_nothing_out() {
    let case = Case::new();
    let on_change = OnChange::start(command(&case, "cat >> got; echo . >> runs", LONG));
    for path in ["/a/", "/b/", "/a/"] {
        on_change.add(&articles(&[path]));
    }
    wait_for("the command", || case.path("runs").exists());
    on_change.add(&articles(&["/c/"]));
    on_change.finish(LONG);
    assert_eq!(fs::read_to_string(case.path("got")).expect("written"), "/a/\n/b/\n/c/\n");
    assert_eq!(fs::read_to_string(case.path("runs")).expect("written"), ".\n.\n");
}

/// A background process that keeps standard error and standard input open longer than any test.
#[cfg(target_os = "linux")]
#[test]
fn what_a_command_leaves_in_the_background_is_not_waited_for() {
    let case = Case::new();
    let leaves = "exec 3<&0; sleep 600 <&3 & echo $! > sleeper; cat >> got; echo . >> runs; echo said >&2";
    for round in 1..=2 {
        OnChange::run_once(&command(&case, leaves, LONG), &articles(&["/a/"])).expect("it ran");
        assert_eq!(fs::read_to_string(case.path("runs")).expect("written"), ".\n".repeat(round));
        assert!(!has_ended(&case.path("sleeper")), "it goes on");
        let sleeper = fs::read_to_string(case.path("sleeper")).expect("a number");
        let sleeper = sleeper.trim();
        let error = OnChange::run_once(&command(&case, &format!("echo why >&2; kill {sleeper}; exit 1"), LONG), &articles(&["/a/"]));
        assert!(error.expect_err("it fails").to_string().ends_with("(exit status: 1): why"));
    }
    // As `serve` runs the command: its end is not delayed either.
    let on_change = OnChange::start(command(&case, leaves, LONG));
    on_change.add(&articles(&["/b/"]));
    on_change.finish(LONG);
    assert!(!has_ended(&case.path("sleeper")), "a command that ended in time has nothing killed");
    let kill = format!("kill {}", fs::read_to_string(case.path("sleeper")).expect("a number").trim());
    OnChange::run_once(&command(&case, &kill, LONG), &articles(&["/a/"])).expect("killed");
}

#[cfg(target_os = "linux")]
#[test]
fn a_hanging_command_is_killed_with_its_children_and_run_again() {
    let case = Case::new();
    // The first run hangs, with a child that ignores SIGTERM.
    let hangs = "if [ -e hung ]; then cat > got; exit; fi; sh -c 'trap \"\" TERM; echo $$ > deaf; while :; do sleep 1; done' & \
                 while [ ! -s deaf ]; do sleep 0.05; done; echo $$ > leader; echo stuck >&2; touch hung; sleep 600";
    let on_change = OnChange::start(command(&case, hangs, Duration::from_secs(4)));
    on_change.add(&articles(&["/a/"]));
    wait_for("the command to hang", || case.path("hung").exists());
    wait_for("its end", || has_ended(&case.path("leader")) && has_ended(&case.path("deaf")));
    on_change.add(&articles(&["/b/"]));
    wait_for("the next run, which is told of both", || fs::read_to_string(case.path("got")).is_ok_and(|got| got == "/a/\n/b/\n"));
    on_change.finish(LONG);
}

#[cfg(target_os = "linux")]
#[test]
fn a_hanging_command_is_killed_at_the_end() {
    let case = Case::new();
    let on_change = OnChange::start(command(&case, "echo $$ > leader; sleep 600", LONG));
    on_change.add(&articles(&["/a/"]));
    wait_for("the command", || case.path("leader").exists());
    on_change.finish(Duration::from_millis(100));
    assert!(has_ended(&case.path("leader")));
}

#[test]
fn the_error_names_the_time_limit_and_quotes_the_output() {
    let case = Case::new();
    let error = OnChange::run_once(&command(&case, "echo stuck >&2; exec sleep 600", Duration::from_secs(1)), &articles(&["/a/"]));
    let error = error.expect_err("it hangs").to_string();
    assert!(error.starts_with("[publish] on_change was killed, for it had not ended after ") && error.ends_with(": stuck"), "{error}");
}
