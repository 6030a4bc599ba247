//! What readers and the owner see of a comment: preview, closing, the owner's answers.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::harness::{ORIGIN, Site, wait_for};

#[test]
fn a_preview_is_what_will_be_published() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let text = "A *word*, <b>not bold</b>\r\n\n    https://example.org/ [x](javascript:y)\n";
    let preview = |text: &str| service.post_raw("/preview", "application/json", json!({ "text": text }).to_string().as_bytes());
    let shown = preview(text);
    assert_eq!(shown.status, 200, "{}", shown.body);

    let answer = service.post_json(&json!({ "article": "/a/", "author": "Ada", "text": text }));
    assert_eq!(answer.json()["html"], shown.json()["html"], "its author sees it at once");
    assert_eq!(site.json(&["pending", "--json"]).as_array().map(Vec::len), Some(1), "a preview stores nothing");
    site.ardoise(&["approve", answer.json()["id"].as_str().expect("an id")]);
    wait_for("the file", || site.read("a/index.json").is_some());
    assert_eq!(site.read("a/index.json").expect("there")["comments"][0]["html"], shown.json()["html"]);

    assert_eq!(preview("\n").json()["errors"], json!([{ "field": "text", "rule": "required", "detail": "must be filled in" }]));
    assert_eq!(preview(&"x".repeat(10_001)).status, 422);
    assert_eq!(preview(&"x".repeat(200_000)).status, 413);
    assert_eq!((service.get("/preview").status, service.post_raw("/preview", "application/json", b"{").status), (405, 400));
}

#[test]
fn an_article_closes_by_itself() {
    let site = Site::new(&["/old/", "/young/", "/odd/"]);
    let close = |article: &str, moment: &str| {
        let file = site.path("public").join(article.trim_matches('/')).join("index.html");
        std::fs::write(file, format!("<i data-ardoise-article=\"{article}\" data-ardoise-closes=\"{moment}\"></i>")).expect("written");
    };
    close("/old/", "2017-03-12T08:30:00Z");
    close("/young/", "2999-01-01");
    close("/odd/", "some day");
    let service = site.serve();
    let status = |article: &str| service.post_json(&json!({ "article": article, "author": "Ada", "text": "Hello" })).status;
    assert_eq!([status("/old/"), status("/young/"), status("/odd/")], [422, 202, 202]);
    let checked = site.try_ardoise(&["check"]);
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(said.contains("odd/index.html: data-ardoise-closes=\"some day\": \"some day\" is no date such as 2017-03-12"), "{said}");

    close("/old/", "2999-01-01");
    wait_for("the page to be read again", || status("/old/") == 202);
}

#[test]
fn the_owner_answers_under_his_name() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let id = service.submit("/a/", "A question");
    let nameless = site.try_ardoise(&["reply", &id, "Hello"]);
    assert!(String::from_utf8_lossy(&nameless.stderr).contains("[site] owner is missing"));

    site.settings(&format!("[site]\norigin = \"{ORIGIN}\"\nbuilt = \"public\"\nowner = \"Ines\"\n[service]\nlisten = \"127.0.0.1:0\"\n"));
    let hidden = site.try_ardoise(&["reply", &id, "Hello"]);
    assert!(String::from_utf8_lossy(&hidden.stderr).contains("approve it first"));
    site.ardoise(&["approve", &id]);
    let said = site.ardoise(&["reply", &id[..6], "An *answer*"]);
    let answer = said.split(' ').next().expect("an id").to_owned();
    assert_eq!(said, format!("{answer} approved /a/\n"));
    site.ardoise(&["reply", "/a/", "And to all"]);
    let nowhere = site.try_ardoise(&["reply", "/nowhere/", "Hello"]);
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("this site has no such page"));
    wait_for("both to be published", || site.count("/a/") == 3);
    let file = site.read("a/index.json").expect("there");
    assert_eq!((&file["comments"][1]["id"], &file["comments"][1]["parent"]), (&json!(answer), &json!(id)));
    assert_eq!((&file["comments"][1]["author"]["name"], &file["comments"][1]["author"]["owner"]), (&json!("Ines"), &json!(true)));
    assert_eq!((&file["comments"][2]["parent"], file["comments"][0]["author"].get("owner")), (&json!(null), None));
}
