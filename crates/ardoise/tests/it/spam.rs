//! The spam checks: robots are held, people are not.

use jiff::{SignedDuration, Timestamp};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::browser::Browser;
use super::harness::{Answer, ORIGIN, Running, Site, wait_for};

pub(super) const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A site with these rules.
pub(super) fn site(rules: &str) -> Site {
    let site = Site::new(&["/a/"]);
    set(&site, "", rules);
    site
}

pub(super) fn set(site: &Site, service: &str, rules: &str) {
    site.settings(&format!("[site]\norigin = \"{ORIGIN}\"\nbuilt = \"public\"\n[service]\nlisten = \"127.0.0.1:0\"\n{service}\n[rules]\n{rules}\n[[moderator]]\nname = \"Ines\"\n"));
}

/// Posts a comment with these fields on top, as if a web server on this machine had passed it on for `from`.
pub(super) fn post(service: &Running, from: &str, fields: &Value) -> Answer {
    let mut sent = json!({ "article": "/a/", "author": "Ada", "text": "Hello" });
    for (name, value) in fields.as_object().expect("fields") {
        sent[name] = value.clone();
    }
    let request = service.agent.post(format!("{}/comments", service.url)).content_type("application/json");
    let request = if from.is_empty() { request } else { request.header("X-Forwarded-For", from) };
    Answer::from(request.send(sent.to_string()).expect("an answer"))
}

/// Returns the status in the response, and the status and the check that moderators see.
fn taken(site: &Site, service: &Running, fields: &Value) -> (String, String, Option<String>) {
    let answer = post(service, "", fields);
    assert_eq!(answer.status, 202, "{}", answer.body);
    let response = answer.json();
    let shown = site.json(&["show", response["id"].as_str().expect("an id"), "--json"]);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    (text(&response["status"]).expect("a status"), text(&shown["status"]).expect("a status"), text(&shown["layer"]))
}

fn is(response: &str, status: &str, layer: Option<&str>) -> (String, String, Option<String>) {
    (response.to_owned(), status.to_owned(), layer.map(str::to_owned))
}

#[test]
fn a_robot_reads_what_anyone_reads() {
    let site = site("proof_bits = 0");
    let service = site.serve();
    assert_eq!(taken(&site, &service, &json!({})), is("pending", "pending", None));
    assert_eq!(taken(&site, &service, &json!({ "subject": "x" })), is("pending", "spam", Some("honeypot")));
    let keys = |fields: &Value| post(&service, "", fields).json().as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&json!({})), keys(&json!({ "subject": "x" })), "the same shape");
}

#[test]
fn checks_have_names_and_the_rest_is_let_through() {
    let site =
        site("hold = \"suspicious\"\nproof_bits = 0\nwords_hold = [\"casino\"]\nwords_spam = [\"cheap pills\"]\nwords_refuse = [\"damn\"]");
    let service = site.serve();
    let long = "These are seven words and no more.";
    for (fields, expected) in [
        (json!({ "text": long }), is("approved", "approved", None)),
        (json!({ "text": "these ARE seven words, and no more" }), is("pending", "pending", Some("duplicate"))),
        (json!({ "text": "A Casino" }), is("pending", "pending", Some("word"))),
        (json!({ "author": "Cheap Pills" }), is("pending", "spam", Some("word"))),
        (json!({ "text": "https://a.example/ https://b.example/" }), is("pending", "pending", Some("links"))),
        (json!({ "elapsed": 1 }), is("pending", "pending", Some("time"))),
        (json!({ "elapsed": "30" }), is("approved", "approved", None)),
    ] {
        assert_eq!(taken(&site, &service, &fields), expected, "{fields}");
    }
    let refused = post(&service, "", &json!({ "text": "Damn!" }));
    assert_eq!(
        (refused.status, &refused.json()["errors"][0]["rule"], &refused.json()["errors"][0]["word"]),
        (422, &json!("unwelcome"), &json!("damn"))
    );
    wait_for("what was let through", || site.count("/a/") == 2);
}

/// Writes the article's page anew, with this date.
fn date(site: &Site, article: &str, date: &str) {
    let file = site.path("public").join(article.trim_matches('/')).join("index.html");
    std::fs::write(file, format!("<i data-ardoise-article=\"{article}\" data-ardoise-date=\"{date}\"></i>")).expect("written");
}

#[test]
fn old_articles_ask_first_and_then_close() {
    let site = Site::new(&["/new/", "/old/", "/closed/", "/undated/"]);
    date(&site, "/new/", "2999-01-01");
    let days_ago = |days: i64| (Timestamp::now() - SignedDuration::from_hours(24 * days)).to_string();
    date(&site, "/old/", &days_ago(20));
    date(&site, "/closed/", &days_ago(40));
    set(&site, "", "hold = \"suspicious\"\nproof_bits = 0\narticle_age_hold = 14\nclose_after = 30");
    let service = site.serve();
    for (article, expected) in [
        ("/new/", is("approved", "approved", None)),
        ("/old/", is("pending", "pending", Some("age"))),
        ("/undated/", is("approved", "approved", None)),
    ] {
        assert_eq!(taken(&site, &service, &json!({ "article": article })), expected, "{article}");
    }
    let refused = post(&service, "", &json!({ "article": "/closed/" }));
    let detail = "this page is more than 30 days old, and takes no new comments any more";
    assert_eq!(refused.json()["errors"], json!([{ "field": "article", "rule": "closed_article", "detail": detail }]));
    let fields = [("article", "/closed/"), ("author", "Ada"), ("text", "Mon texte")];
    let page = service.post_form("/comments", &fields, &[("Accept-Language", "fr")]);
    assert_eq!(page.status, 422);
    assert!(page.body.contains("Mon texte") && page.body.contains("plus de 30 jours"), "{}", page.body);
    let checked = |site: &Site| String::from_utf8(site.try_ardoise(&["check"]).stdout).expect("UTF-8");
    let said = checked(&site);
    assert!(said.contains("articles take none from 30 days' age on; 1 of 4 articles have no date, and are never old"), "{said}");

    date(&site, "/closed/", &days_ago(29));
    wait_for("the page to be read again", || post(&service, "", &json!({ "article": "/closed/" })).status == 202);
    date(&site, "/undated/", "once");
    let said = checked(&site);
    assert!(said.contains("data-ardoise-date=\"once\": \"once\" is no date such as") && said.contains("the article has no age"), "{said}");

    drop(service);
    set(&site, "", "hold = \"suspicious\"\nclose_after = 10");
    let tried = site.json(&["rules", "try", "--json"]);
    let rules = |decided: &str| {
        let comments = tried["comments"].as_array().expect("a list").iter().filter(|one| one["decided"] == decided);
        comments.map(|one| [one["rules"].as_str(), one["layer"].as_str()].map(Option::unwrap_or_default).join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(rules("pending"), ["rejected age", "rejected age"]);
    assert_eq!(rules("approved"), ["approved ", "approved "]);
}

#[test]
fn an_author_is_known_by_his_browser_and_not_by_his_name() {
    let site = site("hold = \"new-authors\"\ntrusted_after = 1\nproof_bits = 0");
    let service = site.serve();
    let first = post(&service, "", &json!({ "key": KEY })).json()["id"].as_str().expect("an id").to_owned();
    let new = is("pending", "pending", Some("new_author"));
    assert_eq!(taken(&site, &service, &json!({ "key": KEY })), new, "nobody has decided yet");
    site.ardoise(&["approve", &first]);
    assert_eq!(taken(&site, &service, &json!({})), new, "the same name");
    assert_eq!(taken(&site, &service, &json!({ "key": KEY.to_uppercase() })), new, "another key");
    let shown = site.ardoise(&["show", &first, "--json"]);
    assert!(!shown.contains(KEY) && !shown.contains("author_key"), "{shown}");
    assert_eq!(taken(&site, &service, &json!({ "key": KEY })), is("approved", "approved", None));
    // What is kept of the key is not the key.
    let kept = Sha256::digest(format!("author key\n{KEY}")).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    assert_eq!(taken(&site, &service, &json!({ "key": kept })), new);
}

#[test]
fn work_counts_once() {
    let site = site("hold = \"suspicious\"\nproof_bits = 6");
    let service = site.serve();
    wait_for("the challenge", || site.read("challenge.json").is_some());
    let published = site.read("challenge.json").expect("a file");
    assert_eq!((&published["version"], &published["bits"]), (&json!(1), &json!(6)));
    let proof = work(published["challenge"].as_str().expect("a challenge"), "/a/", "Hello", 6);
    assert_eq!(taken(&site, &service, &json!({})), is("pending", "pending", Some("proof")));
    let bye = (0..1000).map(|n| format!("Bye {n}")).find(|bye| !is_work(&proof, "/a/", bye, 6)).expect("a text");
    assert_eq!(taken(&site, &service, &json!({ "proof": proof, "text": bye })).2.as_deref(), Some("proof"), "for another text");
    let other = work("00112233445566778899aabbccddeeff", "/a/", "Hello", 6);
    assert_eq!(taken(&site, &service, &json!({ "proof": other })).2.as_deref(), Some("proof"), "on a challenge of his own");
    assert_eq!(
        taken(&site, &service, &json!({ "proof": work(published["challenge"].as_str().expect("one"), "/a/", "Hi", 6), "text": "Hi" })),
        is("approved", "approved", None)
    );
    let again = json!({ "proof": proof });
    assert_eq!([taken(&site, &service, &again).2, taken(&site, &service, &again).2], [None, Some("proof".to_owned())]);
    drop(service);
    site.ardoise(&["generate", "--full"]);
    let differs = site.try_ardoise(&["generate", "--check"]).stdout;
    assert_eq!(String::from_utf8_lossy(&differs), "", "the same bytes from the same database");
}

/// Finds a nonce as a browser does.
fn work(challenge: &str, article: &str, text: &str, bits: u32) -> String {
    (0..1_000_000).map(|nonce| format!("{challenge}.{nonce}")).find(|proof| is_work(proof, article, text, bits)).expect("some work")
}

fn is_work(proof: &str, article: &str, text: &str, bits: u32) -> bool {
    let (challenge, nonce) = proof.split_once('.').expect("two parts");
    let hash = Sha256::digest(format!("{challenge}\n{article}\n{text}\n{nonce}"));
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]).leading_zeros() >= bits
}

#[test]
fn a_ban_is_not_revealed_to_its_sender() {
    let site = site("proof_bits = 0");
    let service = site.serve();
    let id = |from: &str| post(&service, from, &json!({})).json()["id"].as_str().expect("an id").to_owned();
    let first = id("203.0.113.9");
    let ines = Browser::sign_in(&site, &service, "Ines");
    assert_eq!(ines.post(&format!("/moderation/comments/{first}/ban"), &[]).status, 303);
    let shown = |id: &str| site.json(&["show", id, "--json"]);
    assert_eq!((&shown(&id("203.0.113.9"))["status"], &shown(&id("203.0.113.10"))["status"]), (&json!("spam"), &json!("pending")));
    assert_eq!(shown(&id("203.0.113.9"))["layer"], json!("ban"));
}

#[test]
fn who_signs_as_the_owner_waits_and_the_owner_does_not() {
    let site = site("");
    let settings =
        "built = \"public\"\nowner = \"Olivia\"\n[service]\nlisten = \"127.0.0.1:0\"\n[rules]\nhold = \"suspicious\"\nproof_bits = 0\n";
    site.settings(&format!("[site]\norigin = \"{ORIGIN}\"\n{settings}[[moderator]]\nname = \"Ines\"\n"));
    let service = site.serve();
    for name in ["Olivia", "olivia", "Оlivia", "Olivia (Author)", "Olivia\u{a0}(Autrice)", "INES", "Іnes"] {
        assert_eq!(taken(&site, &service, &json!({ "author": name })), is("pending", "pending", Some("name")), "{name}");
    }
    let ada = post(&service, "", &json!({})).json();
    assert_eq!(ada["status"], "approved");
    // A change is asked the same.
    let change = json!({ "edit_token": ada["edit_token"], "author": "Οlivia" }).to_string();
    let request = service.agent.patch(format!("{}/comments/{}", service.url, ada["id"].as_str().expect("an id")));
    assert_eq!(Answer::from(request.content_type("application/json").send(change).expect("an answer")).json()["status"], "pending");
    site.ardoise(&["reply", "/a/", "It is me"]);
    wait_for("the owner's own comment", || site.count("/a/") == 1);
    let ines = Browser::sign_in(&site, &service, "Ines");
    let page = ines.get("/moderation").body;
    assert_eq!(page.matches("with your name or a moderator’s").count(), 8, "{page}");
}

#[test]
fn what_moderators_decide_is_learnt_and_unlearnt() {
    // Everything waits: what was let through would teach something, too.
    let site = site("proof_bits = 0\nduplicate_days = 0\nlinks_hold = 0\nbayes_hold_at = 0.5");
    let service = site.serve();
    let send = |text: &str| post(&service, "", &json!({ "text": text })).json()["id"].as_str().expect("an id").to_owned();
    let things = ["chalk", "slates", "rain", "bread", "the door"];
    let good: Vec<String> = (0..40).map(|n| send(&format!("I liked what you wrote about {} in part {n}", things[n % 5]))).collect();
    let bad: Vec<String> = (0..40).map(|n| send(&format!("Order cheap watches now, best price number {n}!!!"))).collect();
    let decide =
        |decision: &str, ids: &[String]| site.ardoise(&[&[decision][..], &ids.iter().map(String::as_str).collect::<Vec<_>>()].concat());
    decide("approve", &good);
    decide("spam", &bad);
    let layer = || taken(&site, &service, &json!({ "text": "cheap watches, order now!!!" })).2;
    wait_for("it to be learnt", || layer().as_deref() == Some("bayes"));
    assert_eq!(taken(&site, &service, &json!({ "text": "I liked the part about rain" })), is("pending", "pending", None));

    let tried = site.json(&["rules", "try", "--last", "1000", "--json"]);
    let of = |id: &str| tried["comments"].as_array().expect("a list").iter().find(|one| one["id"] == id).expect("tried").clone();
    assert!(bad.iter().filter(|id| of(id)["layer"] == "bayes").count() > 35, "what was called spam is known from the others");
    let before = site.ardoise(&["log"]);
    assert!(site.ardoise(&["rules", "try"]).contains("comments: the rules agree on"));
    assert_eq!(site.ardoise(&["log"]), before, "nothing is changed");

    decide("reject", &bad[..21]);
    wait_for("it to be unlearnt", || layer().is_none());
}

#[test]
fn rules_that_contradict_each_other_are_named() {
    for (rules, said) in [
        ("", "ok     rules          every comment waits"),
        ("links_hold = 3\nlinks_spam = 2", "WRONG  rules          links_hold = 3 never says anything"),
        ("words_hold = [\"Casino\"]\nwords_spam = [\"casino\"]", "stands in both words_hold and words_spam"),
        ("bayes_hold_at = 0.9\nbayes_spam_at = 0.5", "is above bayes_spam_at"),
        ("hold = \"new-authors\"\ntrusted_after = 0", "trusts everybody"),
        ("hold = \"suspicious\"\nbayes = false\nlinks_hold = 0\nproof_bits = 0", "publishes whatever comes"),
        ("article_age_hold = 30\nclose_after = 30", "article_age_hold = 30 never says anything, for close_after = 30 closes"),
        ("close_after = 30", "close_after cannot be kept: no article says its date"),
        ("close_after = -1", "invalid value: -1 is not a whole number from 0 to 36500"),
        ("hold = \"some\"", "is none of \"everything\", \"new-authors\" and \"suspicious\""),
        ("words_hold = [\"…\"]", "has no word in it"),
        ("proof_bits = 30", "is none of 0 to 24"),
        ("bayes_hold_at = 15.0", "is no score from 0.0 to 1.0"),
        ("holds = 1", "unknown field `holds`"),
    ] {
        let site = site(rules);
        let said_it = String::from_utf8(site.try_ardoise(&["check"]).stdout).expect("UTF-8");
        assert!(said_it.contains(said), "{rules}: {said_it}");
    }
}
