use std::collections::BTreeSet;
use std::fs;

use ardoise_generator::{OnChange, OnChangeError};
use ardoise_model::ArticlePath;
use pretty_assertions::assert_eq;

use super::harness::{Case, wait_for};

fn articles(paths: &[&str]) -> BTreeSet<ArticlePath> {
    paths.iter().map(|path| ArticlePath::from_stored((*path).to_owned())).collect()
}

#[test]
fn the_command_gets_the_paths_one_a_line() {
    let case = Case::new();
    OnChange::run_once("cat > got", case.folder.path(), &articles(&["/é/", "/a b/"])).expect("it ran");
    assert_eq!(fs::read_to_string(case.path("got")).expect("written"), "/a b/\n/é/\n");
    OnChange::run_once("true", case.folder.path(), &articles(&["/a/"; 1])).expect("a command need not read");
}

#[test]
fn a_command_that_fails_is_quoted() {
    let case = Case::new();
    let error = OnChange::run_once("echo no such bucket >&2; exit 3", case.folder.path(), &articles(&["/a/"])).expect_err("it fails");
    assert!(matches!(error, OnChangeError::Failed(..)));
    assert_eq!(error.to_string(), "[publish] on_change failed (exit status: 3): no such bucket");
}

#[test]
fn a_burst_is_one_run_and_the_end_leaves_nothing_out() {
    let case = Case::new();
    let on_change = OnChange::start("cat >> got; echo . >> runs".into(), case.folder.path().into());
    for path in ["/a/", "/b/", "/a/"] {
        on_change.add(&articles(&[path]));
    }
    wait_for("the command", || case.path("runs").exists());
    on_change.add(&articles(&["/c/"]));
    on_change.finish();
    assert_eq!(fs::read_to_string(case.path("got")).expect("written"), "/a/\n/b/\n/c/\n");
    assert_eq!(fs::read_to_string(case.path("runs")).expect("written"), ".\n.\n");
}
