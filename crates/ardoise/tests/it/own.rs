//! The author's own comment: changed and withdrawn by its edit token, and by nothing else.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::browser::Browser;
use super::harness::{Answer, ORIGIN, Running, Site, wait_for};

/// A comment as its author has it.
struct Mine {
    id: String,
    token: String,
}

fn send(service: &Running, more: &Value) -> Mine {
    let mut body = json!({ "article": "/a/", "author": "Ada", "text": "Hello" });
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let answer = service.post_json(&body);
    assert_eq!(answer.status, 202, "{}", answer.body);
    let text = |name: &str| answer.json()[name].as_str().expect("text").to_owned();
    Mine { id: text("id"), token: text("edit_token") }
}

fn patch(service: &Running, mine: &Mine, mut wanted: Value) -> Answer {
    wanted["edit_token"] = mine.token.as_str().into();
    patch_raw(service, &mine.id, "application/json", &wanted.to_string())
}

fn patch_raw(service: &Running, id: &str, kind: &str, body: &str) -> Answer {
    Answer::from(service.agent.patch(format!("{}/comments/{id}", service.url)).content_type(kind).send(body).expect("an answer"))
}

fn delete(service: &Running, mine: &Mine) -> Answer {
    let request = service.agent.delete(format!("{}/comments/{}", service.url, mine.id));
    Answer::from(request.header("authorization", format!("Bearer {}", mine.token)).call().expect("an answer"))
}

fn rule(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["errors"][0]["rule"].as_str().unwrap_or_default().to_owned())
}

fn show(site: &Site, id: &str) -> Value {
    site.json(&["show", id, "--json"])
}

fn html(site: &Site) -> String {
    site.read("a/index.json").map(|article| article["comments"].to_string()).unwrap_or_default()
}

#[test]
fn a_comment_that_waits_goes_on_waiting_with_its_new_text() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let mine = send(&service, &json!({}));
    let answer = patch(&service, &mine, json!({ "text": "Hello, *you*\r\n", "site": "ada.example" }));
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json(), json!({ "id": mine.id, "status": "pending", "html": "<p>Hello, <em>you</em></p>\n" }));
    let shown = show(&site, &mine.id);
    assert_eq!((&shown["status"], &shown["text"], &shown["author"]), (&json!("pending"), &json!("Hello, *you*"), &json!("Ada")));
    assert_eq!((&shown["site"], &shown["decisions"]), (&json!("https://ada.example/"), &json!([])));
    assert!(site.ardoise(&["log"]).contains("\tauthor\tedited\t"));

    // What is wrong is said as it is for a submission, and nothing is changed.
    let refused = patch(&service, &mine, json!({ "text": " ", "author": "x".repeat(61) }));
    let named: Vec<_> = refused.json()["errors"].as_array().expect("errors").iter().map(|e| e["rule"].clone()).collect();
    assert_eq!((refused.status, named), (422, vec![json!("too_long"), json!("required")]));
    assert_eq!(show(&site, &mine.id)["text"], "Hello, *you*");
    assert_eq!(patch_raw(&service, &mine.id, "application/json", "no JSON").status, 400);
    assert_eq!(patch_raw(&service, &mine.id, "application/x-www-form-urlencoded", "text=a").status, 415);
}

#[test]
fn a_history_has_an_end() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let mine = send(&service, &json!({}));
    let change = |n: u32| patch(&service, &mine, json!({ "text": format!("Version {n}.") }));
    for n in 1..=20 {
        assert_eq!(change(n).status, 200, "{n}");
    }
    let refused = change(21);
    assert_eq!(rule(&refused), (403, "too_many_changes".into()));
    assert!(refused.body.contains("changed 20 times"), "{}", refused.body);
    // What keeps no former text may go on, and so may withdrawing it.
    assert_eq!(patch(&service, &mine, json!({ "text": "Version 20.", "site": "ada.example" })).status, 200);
    assert_eq!(show(&site, &mine.id)["text"], "Version 20.");
    let browser = Browser::sign_in(&site, &service, "owner");
    let page = browser.get(&format!("/moderation/comments/{}", mine.id)).body;
    assert_eq!(page.matches("changed by").count(), 10, "{page}");
    assert!(page.contains("… 10 more changes, not shown"), "{page}");
    assert!(
        page.contains("<pre>Hello</pre>") && page.contains("<pre>Version 19.</pre>") && !page.contains("<pre>Version 8.</pre>"),
        "{page}"
    );
    assert_eq!(delete(&service, &mine).status, 204);
}

#[test]
fn a_change_is_asked_for_the_same_words() {
    let site = Site::new(&["/a/"]);
    let rules = "[rules]\nhold = \"suspicious\"\nproof_bits = 0\nbayes = false\n";
    site.settings(&format!("[site]\norigin = \"{ORIGIN}\"\nbuilt = \"public\"\n[service]\nlisten = \"127.0.0.1:0\"\n{rules}"));
    let service = site.serve();
    let words = "I have read all of this twice";
    let first = send(&service, &json!({ "text": words }));
    let second = send(&service, &json!({ "text": "Something else, and also long enough" }));
    assert_eq!(patch(&service, &second, json!({ "text": format!("{words}!") })).json()["status"], "pending");
    assert_eq!(show(&site, &second.id)["layer"], "duplicate");
    // Its own words are no others'.
    assert_eq!(patch(&service, &first, json!({ "text": format!("{words}, and more") })).json()["status"], "approved");
    assert_eq!(patch(&service, &first, json!({ "site": "ada.example" })).json()["status"], "approved");
}

#[test]
fn what_was_approved_goes_back_to_the_queue_with_another_text() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let mine = send(&service, &json!({}));
    site.ardoise(&["approve", &mine.id]);
    wait_for("it to be published", || html(&site).contains("Hello"));
    // The same text is no change.
    assert_eq!(patch(&service, &mine, json!({ "text": "Hello" })).json()["status"], "approved");
    assert_eq!(show(&site, &mine.id)["status"], "approved");

    assert_eq!(patch(&service, &mine, json!({ "text": "Buy this" })).json()["status"], "pending");
    wait_for("it to leave the published files", || site.read("a/index.json").is_none() && site.count("/a/") == 0);
    let shown = show(&site, &mine.id);
    assert_eq!((&shown["status"], &shown["decisions"][1]["by"]), (&json!("pending"), &json!("author")));
    site.ardoise(&["approve", &mine.id, "--version", shown["version"].as_str().expect("a version")]);
    wait_for("it to be published again", || html(&site).contains("Buy this"));
    // So does another name.
    assert_eq!(patch(&service, &mine, json!({ "author": "Admin" })).json()["status"], "pending");
    wait_for("it to leave again", || site.read("a/index.json").is_none());
}

#[test]
fn what_is_withdrawn_is_gone_and_its_answers_stay() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let mine = send(&service, &json!({ "site": "ada.example" }));
    patch(&service, &mine, json!({ "text": "Private, by mistake" }));
    let answer = send(&service, &json!({ "author": "Bob", "text": "An answer", "reply_to": mine.id }));
    let version = show(&site, &mine.id)["version"].clone();
    site.ardoise(&["approve", &mine.id, "--version", version.as_str().expect("a version")]);
    site.ardoise(&["approve", &answer.id]);
    wait_for("both to be published", || site.count("/a/") == 2);
    let gone = delete(&service, &mine);
    assert_eq!((gone.status, gone.body.as_str()), (204, ""));
    wait_for("it to leave the published files", || site.count("/a/") == 1 && !html(&site).contains("Private"));
    assert!(html(&site).contains("An answer"));
    let shown = show(&site, &mine.id);
    assert_eq!(
        (&shown["status"], &shown["text"], &shown["author"], &shown["site"]),
        (&json!("deleted"), &json!(""), &json!(""), &Value::Null)
    );
    assert_eq!(show(&site, &answer.id)["parent"], mine.id.as_str());

    // The token is removed with the comment, which cannot be published again.
    assert_eq!(rule(&delete(&service, &mine)), (404, "not_yours".into()));
    let error = site.try_ardoise(&["approve", &mine.id]);
    assert!(!error.status.success() && String::from_utf8_lossy(&error.stderr).contains("is empty: its author withdrew it"));
}

#[test]
fn a_robot_learns_nothing_from_changing_its_spam() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let (spam, fair) = (send(&service, &json!({ "subject": "filled" })), send(&service, &json!({})));
    assert_eq!(show(&site, &spam.id)["status"], "spam");
    let (one, other) = (patch(&service, &spam, json!({ "text": "Fine" })), patch(&service, &fair, json!({ "text": "Fine" })));
    assert_eq!((one.status, &one.json()["status"], &one.json()["html"]), (other.status, &other.json()["status"], &other.json()["html"]));
    assert_eq!((show(&site, &spam.id)["status"].as_str(), show(&site, &spam.id)["text"].as_str()), (Some("spam"), Some("Fine")));
    // Nor from a comment that was refused.
    site.ardoise(&["reject", &fair.id]);
    assert_eq!(patch(&service, &fair, json!({ "text": "Finer" })).json()["status"], "pending");
    assert_eq!(show(&site, &fair.id)["status"], "rejected");
    assert_eq!(delete(&service, &spam).status, 204);
}

#[test]
fn a_wrong_token_and_an_unknown_comment_are_the_same() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let (mine, other) = (send(&service, &json!({})), send(&service, &json!({})));
    let unknown = patch(&service, &Mine { id: "0000000000".into(), token: mine.token.clone() }, json!({ "text": "Mine now" }));
    assert_eq!((rule(&unknown), unknown.header("content-type")), ((404, "not_yours".into()), "application/problem+json"));
    for token in [other.token.as_str(), "", "x", &mine.token.to_uppercase(), &mine.token[..31]] {
        for id in [mine.id.as_str(), "no-id", "0000000000"] {
            let claim = Mine { id: id.into(), token: token.into() };
            for answer in [patch(&service, &claim, json!({ "text": "Mine now" })), delete(&service, &claim)] {
                assert_eq!((answer.status, &answer.body), (404, &unknown.body), "{id} {token}");
            }
        }
    }
    let without = Answer::from(service.agent.delete(format!("{}/comments/{}", service.url, mine.id)).call().expect("an answer"));
    assert_eq!((without.status, &without.body), (404, &unknown.body));
    assert_eq!(show(&site, &mine.id)["text"], "Hello");
}

#[test]
fn after_some_time_it_is_too_late() {
    let site = Site::new(&["/a/"]);
    let mine = {
        let service = site.serve();
        assert_eq!(service.post_json(&json!({ "article": "/a/", "author": "Ada", "text": "Hi" })).json()["edit_seconds"], 900);
        send(&service, &json!({}))
    };
    site.settings(&format!("[site]\norigin = \"{ORIGIN}\"\nbuilt = \"public\"\n[service]\nlisten = \"127.0.0.1:0\"\ngrace_minutes = 0\n"));
    let service = site.serve();
    for answer in [patch(&service, &mine, json!({ "text": "Later" })), delete(&service, &mine)] {
        assert_eq!(rule(&answer), (403, "too_late".into()));
    }
    assert_eq!(rule(&delete(&service, &Mine { token: "x".into(), ..mine })), (404, "not_yours".into()), "whose it is not learns nothing");
}

#[test]
fn what_is_allowed_is_said_and_lent_to_the_site_alone() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let mine = send(&service, &json!({}));
    let url = format!("{}/comments/{}", service.url, mine.id);
    let get = service.get(&format!("/comments/{}", mine.id));
    assert_eq!((get.status, get.header("allow")), (405, "PATCH, DELETE"));
    assert_eq!(Answer::from(service.agent.post(&url).send("").expect("an answer")).status, 405);
    for (origin, method, lent) in
        [(ORIGIN, "PATCH", true), (ORIGIN, "DELETE", true), (ORIGIN, "PUT", false), ("https://evil.example", "PATCH", false)]
    {
        let request = service.agent.options(&url).header("origin", origin).header("access-control-request-method", method);
        let answer =
            Answer::from(request.header("access-control-request-headers", "authorization, content-type").call().expect("an answer"));
        let allowed =
            answer.header("access-control-allow-origin") == origin && answer.header("access-control-allow-methods").contains(method);
        assert_eq!(allowed, lent, "{origin} {method}: {}", answer.status);
    }
}
