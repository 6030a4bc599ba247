//! A SQLite database that another process holds on to.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::harness::Site;

#[test]
fn a_locked_database_is_a_503_and_costs_the_reader_nothing() {
    let site = Site::new(&["/b/"]);
    let service = site.serve();
    // Another process that holds the write lock longer than the service waits.
    let python =
        "import sqlite3,sys; c=sqlite3.connect('ardoise.db'); c.execute('BEGIN IMMEDIATE'); print('locked',flush=True); sys.stdin.read()";
    let mut locker = std::process::Command::new("python3")
        .args(["-c", python])
        .current_dir(site.folder.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("Python");
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(locker.stdout.as_mut().expect("piped")), &mut line).expect("a line");
    assert_eq!(line.trim(), "locked");
    let answer = service.post_json(&json!({ "article": "/b/", "author": "Ada", "text": "Hello" }));
    assert_eq!((answer.status, answer.header("retry-after"), answer.header("content-type")), (503, "10", "application/problem+json"));
    let page = service.post_form("/comments", &[("article", "/b/"), ("author", "Ada"), ("text", "My long text")], &[]);
    assert!(page.status == 503 && page.body.contains("My long text"), "{}", page.body);
    drop(locker.stdin.take());
    locker.wait().expect("it ends");
    service.submit("/b/", "Hello again");
    assert_eq!(site.json(&["pending", "--json"]).as_array().map(Vec::len), Some(1));
}
