//! Several processes on one site.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use pretty_assertions::assert_eq;

use super::harness::{Running, Site, ardoise, wait_for};

#[test]
fn what_the_command_line_decides_the_running_service_publishes() {
    let site = Site::new(&["/été/", "/b/"]);
    let service = site.serve();
    let (first, second) = (service.submit("/%C3%A9t%C3%A9/", "One"), service.submit("/été/", "Two"));
    assert_eq!(site.count("/été/"), 0);
    site.ardoise(&["approve", &first, &second]);
    // A full run that is under way counts what it has not written yet, for a moment.
    wait_for("both comments", || site.count("/été/") == 2 && site.read("été/index.json").is_some());
    assert_eq!(site.read("été/index.json").expect("the article's file")["comments"][1]["html"], "<p>Two</p>\n");
    site.ardoise(&["reject", &second]);
    wait_for("one comment", || site.count("/été/") == 1);
    site.ardoise(&["delete", &first]);
    wait_for("no comment", || site.count("/été/") == 0 && site.read("été/index.json").is_none());
    assert!(site.ardoise(&["generate", "--check"]).is_empty());
}

#[test]
fn a_new_page_takes_comments_without_a_restart() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let post = |article: &str| service.post_json(&serde_json::json!({ "article": article, "author": "Ada", "text": "Hello" })).status;
    assert_eq!((post("/a/"), post("/new/")), (202, 422));
    site.page("/new/");
    wait_for("the new page", || post("/new/") == 202);
}

#[test]
fn sigterm_finishes_what_was_begun() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let id = service.submit("/a/", "Hello");
    site.ardoise(&["approve", &id]);
    service.signal("-TERM");
    assert!(service.wait().success());
    assert_eq!(site.count("/a/"), 1, "the generator caught up");
    assert!(site.ardoise(&["generate", "--check"]).is_empty());
}

#[test]
fn a_request_in_flight_is_answered_and_stored_after_sigterm() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let body = r#"{"article":"/a/","author":"Ada","text":"Typed slowly"}"#;
    let mut stream = TcpStream::connect(service.url.trim_start_matches("http://")).expect("connected");
    let head = "POST /comments HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n";
    write!(stream, "{head}Content-Length: {}\r\n\r\n", body.len()).expect("sent");
    let mut answer = BufReader::new(stream.try_clone().expect("cloned"));
    let mut line = String::new();
    answer.read_line(&mut line).expect("a line");
    // From here on the service reads the body, so the request is in flight.
    assert_eq!(line.trim(), "HTTP/1.1 100 Continue");
    service.signal("-TERM");
    wait_for("the service to accept no more", || TcpStream::connect(service.url.trim_start_matches("http://")).is_err());
    stream.write_all(body.as_bytes()).expect("sent");
    let mut rest = String::new();
    answer.read_to_string(&mut rest).expect("an answer");
    assert!(rest.contains("202 Accepted"), "{rest}");
    assert!(service.wait().success());
    assert_eq!(site.json(&["pending", "--json"])[0]["text"], "Typed slowly");
}

#[test]
fn without_serve_a_run_of_generate_does_the_same() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let id = service.submit("/a/", "Hello");
    service.signal("-TERM");
    assert!(service.wait().success());
    site.ardoise(&["approve", &id[..6]]);
    let check = site.try_ardoise(&["generate", "--check"]);
    assert_eq!(check.status.code(), Some(1));
    let listed = String::from_utf8(check.stdout).expect("UTF-8");
    assert!(listed.contains("missing\ta/index.json\n") && listed.contains("different\tcounts.json\n"), "{listed}");
    site.ardoise(&["generate"]);
    assert_eq!(site.count("/a/"), 1);
    assert!(site.ardoise(&["generate", "--check"]).is_empty());
}

/// Sets the owner's command.
fn set_command(site: &Site, command: &str) {
    let settings = std::fs::read_to_string(site.path("ardoise.toml")).expect("settings");
    let settings = settings.split("[store]").next().unwrap_or_default();
    site.settings(&format!("{settings}[publish]\non_change = \"{command}\"\n"));
}

#[test]
fn on_change_hears_of_the_articles() {
    let site = Site::new(&["/é/"]);
    set_command(&site, "cat > changed.new && mv changed.new changed");
    let service = site.serve();
    let id = service.submit("/é/", "Hello");
    site.ardoise(&["approve", &id]);
    wait_for("the command", || std::fs::read_to_string(site.path("changed")).is_ok_and(|text| text == "/é/\n"));
}

#[test]
fn on_change_is_run_after_a_crash_for_what_was_published_before() {
    let site = Site::new(&["/é/"]);
    set_command(&site, "cat > seen; test ! -e broken && mv seen changed");
    std::fs::write(site.path("broken"), "").expect("written");
    let service = site.serve();
    let id = service.submit("/é/", "Hello");
    site.ardoise(&["approve", &id]);
    wait_for("a run that fails", || site.text("SELECT COALESCE(MAX(error), '') FROM jobs").starts_with("[publish] on_change failed"));
    let checked = String::from_utf8(site.try_ardoise(&["check", "--json"]).stdout).expect("UTF-8");
    assert!(checked.contains("on_change failed (exit status: 1)"), "{checked}");
    service.signal("-KILL");
    assert!(!service.wait().success());
    std::fs::remove_file(site.path("broken")).expect("removed");
    let _service = site.serve();
    wait_for("the command", || std::fs::read_to_string(site.path("changed")).is_ok_and(|text| text == "/é/\n"));
    wait_for("the end of the job", || site.text("SELECT CAST(COUNT(*) AS TEXT) FROM jobs") == "0");
}

#[test]
fn generate_runs_on_change_once() {
    let site = Site::new(&["/a/"]);
    set_command(&site, "cat >> changed; echo . >> runs");
    site.ardoise(&["migrate"]);
    site.ardoise(&["generate"]);
    let runs = || std::fs::read_to_string(site.path("runs")).unwrap_or_default();
    assert_eq!(runs(), ".\n");
    site.ardoise(&["generate"]);
    assert_eq!(runs(), ".\n", "nothing has changed");
}

/// Like a pipe whose reader has ended.
#[cfg(unix)]
#[test]
fn a_log_without_a_reader_does_not_stop_the_service() {
    let site = Site::new(&["/a/"]);
    let mut child = ardoise(site.folder.path())
        .arg("serve")
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    let log = BufReader::new(child.stderr.take().expect("piped"));
    let said = log.lines().map_while(Result::ok).find_map(|line| line.split_once("taking comments in on ").map(|(_, url)| url.to_owned()));
    // With the lines that was the last handle to the pipe.
    let url = said.expect("it listens");
    let service = Running::over(child, url);
    let id = service.submit("/a/", "Hello");
    site.ardoise(&["approve", &id]);
    wait_for("the comment", || site.count("/a/") == 1);
    service.signal("-TERM");
    assert!(service.wait().success());
}
