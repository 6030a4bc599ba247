//! Several processes on one site.

use pretty_assertions::assert_eq;

use crate::harness::{Site, wait_for};

#[test]
fn what_the_command_line_decides_the_running_service_publishes() {
    let site = Site::new(&["/été/", "/b/"]);
    let service = site.serve();
    let (first, second) = (service.submit("/%C3%A9t%C3%A9/", "One"), service.submit("/été/", "Two"));
    assert_eq!(site.count("/été/"), 0);
    site.ardoise(&["approve", &first, &second]);
    wait_for("both comments", || site.count("/été/") == 2);
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

#[test]
fn on_change_hears_of_the_articles() {
    let site = Site::new(&["/é/"]);
    let settings = std::fs::read_to_string(site.path("ardoise.toml")).expect("settings");
    site.settings(&format!("{settings}[publish]\non_change = \"cat > changed.new && mv changed.new changed\"\n"));
    let service = site.serve();
    let id = service.submit("/é/", "Hello");
    site.ardoise(&["approve", &id]);
    wait_for("the command", || std::fs::read_to_string(site.path("changed")).is_ok_and(|text| text == "/é/\n"));
}
