//! Nothing is published that no moderator has read, and every action is logged.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::browser::{Browser, site};
use super::harness::{ORIGIN, Running, Site, wait_for};

pub(crate) fn status(site: &Site, id: &str) -> String {
    site.json(&["show", id, "--json"])["status"].as_str().expect("a status").to_owned()
}

/// A comment that its author can still change: its id, and a way to change it.
fn changeable(service: &Running, text: &str) -> (String, impl Fn(Value)) {
    let sent = service.post_json(&json!({ "article": "/a/", "author": "Ada", "text": text })).json();
    let (id, token) = (sent["id"].as_str().expect("an id").to_owned(), sent["edit_token"].clone());
    let url = format!("{}/comments/{id}", service.url);
    let change = move |fields: Value| {
        let mut body = json!({ "edit_token": token });
        body.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
        let answer = service.agent.patch(&url).content_type("application/json").send(body.to_string());
        assert_eq!(answer.expect("an answer").status(), 200);
    };
    (id, change)
}

/// All values that a page's fields of one name have.
pub(crate) fn values(page: &str, name: &str) -> Vec<String> {
    let field = format!("name=\"{name}\" value=\"");
    page.split(&field).skip(1).map(|rest| rest.split('"').next().expect("a value").to_owned()).collect()
}

#[test]
fn undo_publishes_no_text_that_was_not_public() {
    let site = site("");
    let service = site.serve();
    let (id, change) = changeable(&service, "Lovely tea");
    let ines = Browser::sign_in(&site, &service, "Ines");
    let decide = |word: &str, list: &str| {
        let page = ines.get(&format!("/moderation?list={list}")).body;
        let read = values(&page, "read").into_iter().find(|read| read.starts_with(&id)).expect("its version");
        ines.then(&ines.post("/moderation/decide", &[("act", &format!("{word} {id}")), ("read", &read)]))
    };
    let undo = |page: &str| ines.then(&ines.post("/moderation/undo", &[("was", &values(page, "was")[0])]));
    decide("approve", "pending");
    let spam = decide("spam", "approved");
    assert!(undo(&spam).contains("Undone: 1 comment as before."));
    assert_eq!(status(&site, &id), "approved", "nothing was changed meanwhile");
    let spam = decide("spam", "approved");
    change(json!({ "text": "Buy pills" }));
    let undone = undo(&spam);
    assert_eq!(status(&site, &id), "spam");
    assert!(undone.contains("1 comment changed by the author") && !undone.contains("Undone"), "{undone}");
    // A form without a version is not of a page that shows the text.
    for fields in [vec![("act", format!("approve {id}"))], vec![("act", "approve".to_owned()), ("id", id.clone())]] {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        ines.post("/moderation/decide", &fields);
        assert_eq!(status(&site, &id), "spam", "{fields:?}");
    }
    let was = format!("{id}:approved");
    ines.post("/moderation/undo", &[("was", &was)]);
    assert_eq!(status(&site, &id), "spam");
    ines.post(&format!("/moderation/comments/{id}/reply"), &[("text", "Thanks"), ("approve", "1")]);
    assert_eq!(status(&site, &id), "spam");
    wait_for("it to leave the published files", || site.count("/a/") == 0);
}

#[test]
fn undo_keeps_a_later_decision_of_another_moderator() {
    let site = site("");
    let service = site.serve();
    let (first, second) = (service.submit("/a/", "One"), service.submit("/a/", "Two"));
    let ines = Browser::sign_in(&site, &service, "Ines");
    let done = ines.then(&ines.post("/moderation/decide", &[("act", "reject"), ("id", &first), ("id", &second)]));
    site.ardoise(&["spam", &first]);
    let undone = ines.then(&ines.post("/moderation/undo", &[("was", &values(&done, "was")[0])]));
    assert_eq!((status(&site, &first), status(&site, &second)), ("spam".into(), "pending".into()), "{undone}");
    assert!(undone.contains("Undone: 1 comment as before.") && undone.contains("1 comment decided by somebody else since"), "{undone}");
    // What was withdrawn since holds up no other.
    let (gone, _) = changeable(&service, "Going");
    let done = ines.then(&ines.post("/moderation/decide", &[("act", "reject"), ("id", &gone), ("id", &second)]));
    site.ardoise(&["person", "delete", "--comment", &gone, "--yes"]);
    let undone = ines.post("/moderation/undo", &[("was", &values(&done, "was")[0])]);
    assert_eq!((undone.status, status(&site, &second)), (303, "pending".into()), "{}", undone.body);
}

#[test]
fn the_command_line_approves_only_what_was_read() {
    let site = site("");
    let service = site.serve();
    let (id, change) = changeable(&service, "Lovely tea");
    change(json!({ "text": "Buy pills" }));
    let refused = |arguments: &[&str]| {
        let output = site.try_ardoise(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    let untouched = service.submit("/b/", "Another");
    let said = refused(&["approve", &untouched, &id]);
    assert_eq!((status(&site, &id), status(&site, &untouched)), ("pending".into(), "pending".into()), "all or none");
    let version = site.json(&["show", &id, "--json"])["version"].as_str().expect("a version").to_owned();
    assert!(said.contains("Buy pills") && said.contains(&format!("ardoise approve {id} --version {version}")), "{said}");
    assert!(site.ardoise(&["show", &id]).contains(&version));
    assert_eq!(site.json(&["pending", "--json"])[0]["version"], json!(version));
    // Another name alone is another version, too.
    change(json!({ "author": "Casino", "text": "Buy pills" }));
    let said = refused(&["approve", &id, "--version", &version, "--json"]);
    assert_eq!(status(&site, &id), "pending");
    let answer: Value =
        serde_json::from_str(said.lines().take_while(|line| !line.starts_with("ardoise:")).collect::<Vec<_>>().join("\n").as_str())
            .expect("JSON");
    let version = answer[0]["version"].as_str().expect("a version");
    assert_eq!((&answer[0]["changed"], &answer[0]["author"], &answer[0]["status"]), (&json!(true), &json!("Casino"), &json!("pending")));
    site.ardoise(&["approve", &id, "--version", version]);
    assert_eq!(status(&site, &id), "approved");
    assert_eq!(site.ardoise(&["approve", &id]), format!("{id} approved (already) /a/\n"), "it is published anyway");
    site.ardoise(&["spam", &id]);
    refused(&["approve", &id]);
    // Its name alone was changed.
    let (id, change) = changeable(&service, "Fine");
    change(json!({ "author": "Casino" }));
    refused(&["approve", &id]);
    // A moderator's own change is no reason to read it again.
    let (_, said) = site.answering_with(&["moderate"], "e\nq\n", "sed -i s/Another/Others/");
    assert!(said.contains("Others"), "{said}");
    site.ardoise(&["approve", &untouched]);
}

#[test]
fn answers_and_lifted_bans_are_in_the_log() {
    let site = site("");
    let service = site.serve();
    let key = |text: &str| json!({ "article": "/a/", "author": "Ada", "text": text, "key": "the-secret-of-a-browser" });
    let id = service.post_json(&key("Hello")).json()["id"].as_str().expect("an id").to_owned();
    site.ardoise(&["approve", &id]);
    let ines = Browser::sign_in(&site, &service, "Ines");
    let here = format!("/moderation/comments/{id}");
    for (act, fields) in [("reply", vec![("text", "Thanks")]), ("ban", vec![]), ("unban", vec![]), ("ban", vec![])] {
        assert_eq!(ines.post(&format!("{here}/{act}"), &fields).status, 303, "{act}");
    }
    site.settings(&format!("[site]\norigin = \"{ORIGIN}\"\nowner = \"Olga\"\nbuilt = \"public\"\n[[moderator]]\nname = \"Ines\"\n"));
    let answer = site.json(&["reply", &id, "Welcome", "--json"]);
    assert_eq!((&answer["status"], &answer["article"], &answer["parent"]), (&json!("approved"), &json!("/a/"), &json!(id)));

    let ban = site.json(&["bans", "--json"]);
    assert_eq!(
        (ban.as_array().map(Vec::len), &ban[0]["by"], &ban[0]["comment"], &ban[0]["author"]),
        (Some(1), &json!("Ines"), &json!(id), &json!("Ada"))
    );
    assert!(ban[0]["of"].as_array().is_some_and(|of| of.contains(&json!("browser"))), "{ban}");
    let number = ban[0]["id"].to_string();
    assert!(site.ardoise(&["bans"]).starts_with(&format!("{number}\t")));
    site.ardoise(&["bans", "--lift", &number]);
    assert_eq!(site.json(&["bans", "--json"]), json!([]));

    let log = site.json(&["log", "--json"]);
    let said: Vec<_> = log
        .as_array()
        .expect("a list")
        .iter()
        .map(|act| (act["act"].as_str().expect("an act"), act["by"].as_str().expect("a name")))
        .collect();
    let expected = [
        ("lifted the ban on its sender", ""),
        ("published as an answer", ""),
        ("banned its sender", "Ines"),
        ("lifted the ban on its sender", "Ines"),
        ("banned its sender", "Ines"),
        ("published as an answer", "Ines"),
        ("approved", ""),
    ];
    assert_eq!(said, expected);
    assert_eq!((&log[1]["comment"], &log[1]["article"], &log[1]["author"]), (&answer["id"], &json!("/a/"), &json!("Olga")));
    assert!(site.ardoise(&["log"]).lines().all(|line| line.split('\t').nth(4) == Some("/a/")), "each line names its article");
    let page = ines.get(&here).body;
    assert!(
        page.contains("the ban on its sender lifted by Ines") && page.contains("the ban on its sender lifted by the command line"),
        "{page}"
    );
    let answer = answer["id"].as_str().expect("an id");
    assert!(ines.get(&format!("/moderation/comments/{answer}")).body.contains("written by the command line"));
}

#[test]
fn lists_are_narrowed_and_show_what_was_changed() {
    let site = site("");
    let service = site.serve();
    let (id, change) = changeable(&service, "One");
    change(json!({ "text": "Two" }));
    let other = service.submit("/b/", "Another");
    let third = service.submit("/b/", "A third");
    let ids = |arguments: &[&str]| {
        let list = site.json(&[&["pending", "--json"], arguments].concat());
        list.as_array().expect("a list").iter().map(|one| one["id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&["--article", "/b/"]), [other.as_str(), &third]);
    assert_eq!(ids(&["--article", &format!("{ORIGIN}/b/index.html"), "--limit", "1"]), [other.as_str()]);
    assert_eq!(ids(&["--limit", "2"]), [id.as_str(), &other]);
    let shown = site.json(&["show", &id, "--json"]);
    assert_eq!((&shown["edits"][0]["text"], &shown["edits"][0]["by"]), (&json!("One"), &json!("author")));
    let shown = site.ardoise(&["show", &id]);
    assert!(shown.contains("by author") && shown.contains("\nTwo\n") && shown.contains("\nOne\n"), "{shown}");
}

#[test]
fn what_does_not_exist_is_an_error_that_says_so() {
    let site = site("");
    site.serve().submit("/a/", "Hello");
    for (arguments, said) in [
        (vec!["moderator", "revoke", "--all", "Nobody"], "\"Nobody\" is no moderator and has no session; the settings name: Ines, Bob"),
        (vec!["moderator", "revoke", "77"], "there is no session 77"),
        (vec!["moderator", "link", "Nobody"], "\"Nobody\" is no moderator"),
        (vec!["bans", "--lift", "77"], "there is no ban 77"),
        (vec!["pending", "--article", "/nope/"], "there is no article /nope/"),
        (vec!["pending", "--status", "gone"], "is no status"),
        (vec!["pending", "--limit", "0"], "0 is not in 1.."),
        (vec!["log", "--last", "0"], "0 is not in 1.."),
        (vec!["rules", "try", "--last", "0"], "0 is not in 1.."),
        (vec!["show", "zzzz"], "there is no comment"),
        (vec!["approve", "zzzz"], "there is no comment"),
        (vec!["delete", "zzzz"], "there is no comment"),
        (vec!["reply", "zzzz", "Hello"], "owner is missing"),
        (vec!["person", "export", "--name", "Nobody"], "nobody wrote under the name"),
        (vec!["person", "export", "--email", "nobody@example.org"], "no address"),
        (vec!["person", "export", "--comment", "zzzz"], "there is no comment"),
        (vec!["person", "delete", "--name", "Nobody", "--yes"], "nobody wrote under the name"),
    ] {
        let output = site.try_ardoise(&arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains(said) && output.stdout.is_empty(), "{arguments:?}: {error}");
    }
    assert_eq!(site.ardoise(&["moderator", "revoke", "--all", "Ines"]), "ended 0 sessions of Ines\n");
    for (table, more) in [("moderator", ""), ("webhook", "url = \"https://a.example/\"\n")] {
        site.settings(&format!("[site]\norigin = \"{ORIGIN}\"\n[[{table}]]\nname = \"Ines\"\n{more}[[{table}]]\nname = \"ines\"\n{more}"));
        let output = site.try_ardoise(&["pending"]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains(&format!("two [[{table}]] are called \"ines\" and \"Ines\"")), "{error}");
        assert!(error.contains("ardoise.toml"), "{error}");
    }
}
