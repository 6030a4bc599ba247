//! A SQLite database that another process holds on to.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use pretty_assertions::assert_eq;
use serde_json::json;

use super::harness::Site;

/// Another process that holds the write lock until it is released.
pub(crate) fn lock(site: &Site) -> Child {
    let python =
        "import sqlite3,sys; c=sqlite3.connect('ardoise.db'); c.execute('BEGIN IMMEDIATE'); print('locked',flush=True); sys.stdin.read()";
    let mut command = Command::new("python3");
    command.args(["-c", python]).current_dir(site.folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut locker = command.spawn().expect("Python");
    let mut line = String::new();
    BufReader::new(locker.stdout.as_mut().expect("piped")).read_line(&mut line).expect("a line");
    assert_eq!(line.trim(), "locked");
    locker
}

pub(crate) fn unlock(locker: &mut Child) {
    drop(locker.stdin.take());
    locker.wait().expect("it ends");
}

#[test]
fn a_locked_database_is_a_503_and_costs_the_reader_nothing() {
    let site = Site::new(&["/b/"]);
    let service = site.serve();
    let mut locker = lock(&site);
    let answer = service.post_json(&json!({ "article": "/b/", "author": "Ada", "text": "Hello" }));
    assert_eq!((answer.status, answer.header("retry-after"), answer.header("content-type")), (503, "10", "application/problem+json"));
    let page = service.post_form("/comments", &[("article", "/b/"), ("author", "Ada"), ("text", "My long text")], &[]);
    assert!(page.status == 503 && page.body.contains("My long text"), "{}", page.body);
    unlock(&mut locker);
    service.submit("/b/", "Hello again");
    assert_eq!(site.json(&["pending", "--json"]).as_array().map(Vec::len), Some(1));
}
