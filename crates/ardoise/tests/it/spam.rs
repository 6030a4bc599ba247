//! What keeps robots out, and lets people in.

use std::io::{Read, Write};
use std::net::TcpStream;

use jiff::{SignedDuration, Timestamp};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::browser::Browser;
use super::harness::{Answer, ORIGIN, Running, Site, wait_for};

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A site of which the rules are these.
fn site(rules: &str) -> Site {
    let site = Site::new(&["/a/"]);
    set(&site, "", rules);
    site
}

fn set(site: &Site, service: &str, rules: &str) {
    site.settings(&format!("[site]\norigin = \"{ORIGIN}\"\nbuilt = \"public\"\n[service]\nlisten = \"127.0.0.1:0\"\n{service}\n[rules]\n{rules}\n[[moderator]]\nname = \"Ines\"\n"));
}

/// Posts a comment with these fields on top, as if a web server on this machine had passed it on for `from`.
fn post(service: &Running, from: &str, fields: &Value) -> Answer {
    let mut sent = json!({ "article": "/a/", "author": "Ada", "text": "Hello" });
    for (name, value) in fields.as_object().expect("fields") {
        sent[name] = value.clone();
    }
    let request = service.agent.post(format!("{}/comments", service.url)).content_type("application/json");
    let request = if from.is_empty() { request } else { request.header("X-Forwarded-For", from) };
    Answer::from(request.send(sent.to_string()).expect("an answer"))
}

/// What the author was told, and the status and the check that the moderator sees.
fn taken(site: &Site, service: &Running, fields: &Value) -> (String, String, Option<String>) {
    let answer = post(service, "", fields);
    assert_eq!(answer.status, 202, "{}", answer.body);
    let told = answer.json();
    let shown = site.json(&["show", told["id"].as_str().expect("an id"), "--json"]);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    (text(&told["status"]).expect("a status"), text(&shown["status"]).expect("a status"), text(&shown["layer"]))
}

fn is(told: &str, status: &str, layer: Option<&str>) -> (String, String, Option<String>) {
    (told.to_owned(), status.to_owned(), layer.map(str::to_owned))
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

/// A nonce that is found as a browser finds it.
fn work(challenge: &str, article: &str, text: &str, bits: u32) -> String {
    (0..1_000_000).map(|nonce| format!("{challenge}.{nonce}")).find(|proof| is_work(proof, article, text, bits)).expect("some work")
}

fn is_work(proof: &str, article: &str, text: &str, bits: u32) -> bool {
    let (challenge, nonce) = proof.split_once('.').expect("two parts");
    let hash = Sha256::digest(format!("{challenge}\n{article}\n{text}\n{nonce}"));
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]).leading_zeros() >= bits
}

#[test]
fn too_many_from_one_network_are_asked_to_wait() {
    let site = site("rate = 2\nrate_seconds = 600");
    let service = site.serve();
    let from = |address: &str| post(&service, address, &json!({})).status;
    assert_eq!(["203.0.113.9", "203.0.113.9", "203.0.113.9"].map(from), [202, 202, 429]);
    assert_eq!(["203.0.113.10", "1.1.1.1, 203.0.113.9", "203.0.113.9, 203.0.113.11"].map(from), [202, 429, 202], "the last word counts");
    assert_eq!(["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1"].map(from), [202, 202, 429, 202], "a /64 is one line");
    assert_eq!([""; 3].map(from), [202, 202, 429], "those of whom nobody says where they come from share one limit");
    let busy = post(&service, "203.0.113.9", &json!({}));
    let seconds: u64 = busy.header("retry-after").parse().expect("seconds");
    assert!((1..=600).contains(&seconds), "{seconds}");
    assert_eq!((busy.header("content-type"), &busy.json()["status"]), ("application/problem+json", &json!(429)));
    let fields = [("article", "/a/"), ("author", "Ada"), ("text", "Mon texte"), ("key", KEY)];
    let page = service.post_form("/comments", &fields, &[("X-Forwarded-For", "203.0.113.9"), ("Accept-Language", "fr")]);
    assert_eq!(page.status, 429);
    assert!(page.body.contains("Mon texte") && page.body.contains("Trop de commentaires") && page.body.contains(KEY), "{}", page.body);
}

/// Posts a comment through a socket, with lines of headers as they are: most clients send no such bytes.
fn post_bytes(service: &Running, headers: &[u8], body: &Value) -> String {
    let body = body.to_string();
    let mut stream = TcpStream::connect(service.url.trim_start_matches("http://")).expect("a connection");
    let head = format!("POST /comments HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    stream.write_all(&[head.as_bytes(), headers, b"\r\n", body.as_bytes()].concat()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn a_byte_that_is_not_ascii_hides_nobody() {
    let site = site("rate = 2\nrate_seconds = 600\nproof_bits = 0");
    let service = site.serve();
    let body = json!({ "article": "/a/", "author": "Ada", "text": "Hello" });
    let send = |lines: &[u8]| post_bytes(&service, &[b"Content-Type: application/json\r\n", lines].concat(), &body);
    let status = |lines: &[u8]| send(lines).split(' ').nth(1).expect("a status").parse::<u16>().expect("a number");
    let hidden = b"X-Forwarded-For: \xff, 203.0.113.9\r\n";
    let ines = Browser::sign_in(&site, &service, "Ines");
    let answer = send(hidden);
    let id = answer.split("\"id\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id").to_owned();
    assert_eq!(ines.post(&format!("/moderation/comments/{id}/ban"), &[]).status, 303);
    // The ban knows the network again, and so does the limit, however the line begins.
    let banned = send(b"X-Forwarded-For: \xff\r\nX-Forwarded-For: \xfe , 203.0.113.9\r\n");
    let id = banned.split("\"id\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id").to_owned();
    assert_eq!(site.json(&["show", &id, "--json"])["layer"], json!("ban"));
    assert_eq!(status(hidden), 429);
    assert_eq!(status(b"X-Forwarded-For: 203.0.113.10\r\n"), 202);
    // What nobody vouches for is one network.
    let unknown: [&[u8]; 3] = [b"X-Forwarded-For: 203.0.113.20, \xff\r\n", b"X-Forwarded-For: \xfe\r\n", b"X-Forwarded-For: x\r\n"];
    assert_eq!(unknown.map(status), [202, 202, 429]);
    // Other headers count, too, whatever stands behind what is needed of them.
    let typed = post_bytes(&service, b"Content-Type: application/json; x=\xff\r\nX-Forwarded-For: 203.0.113.30\r\n", &body);
    assert!(typed.starts_with("HTTP/1.1 202"), "{typed}");
}

#[test]
fn every_route_that_writes_is_limited() {
    let site = site("rate = 2\nrate_seconds = 600");
    let service = site.serve();
    let from = |address: &str, method: &str, path: &str| {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", service.url));
        let request = request.header("X-Forwarded-For", address).header("Content-Type", "application/json").body("{}").expect("a request");
        Answer::from(service.agent.run(request).expect("an answer"))
    };
    for (n, (method, path, most)) in [
        ("PATCH", "/comments/7k2m9q4xrt", 2),
        ("DELETE", "/comments/7k2m9q4xrt", 2),
        ("PATCH", "/%63omments/7k2m9q4xrt", 2),
        ("POST", "/preview", 12),
        ("POST", "/subscription/x", 12),
        ("POST", "/moderation/link/x", 12),
        ("POST", "/moderation/sign-in", 12),
        ("POST", "/moderation/sign-in/x", 12),
        ("POST", "/moderation/decide", 60),
    ]
    .into_iter()
    .enumerate()
    {
        let address = format!("203.0.113.{n}");
        for _ in 0..most {
            assert_ne!(from(&address, method, path).status, 429, "{method} {path}");
        }
        let refused = from(&address, method, path);
        assert!(refused.status == 429 && !refused.header("retry-after").is_empty(), "{method} {path}: {}", refused.status);
        assert_eq!(refused.header("content-type").starts_with("text/html"), path.starts_with("/moderation") || path.starts_with("/sub"));
        assert_ne!(from(&format!("203.0.114.{n}"), method, path).status, 429, "another network");
    }
    assert_eq!(post(&service, "203.0.113.0", &json!({})).status, 202, "comments have a limit of their own");
}

#[test]
fn a_stranger_is_not_believed() {
    let site = site("");
    set(&site, "trusted_proxies = [\"10.0.0.0/8\"]", "rate = 2\nrate_seconds = 600");
    let service = site.serve();
    let from = |address: &str| post(&service, address, &json!({})).status;
    assert_eq!(["203.0.113.1", "203.0.113.2", "203.0.113.3"].map(from), [202, 202, 429]);
    drop(service);
    set(&site, "trusted_proxies = [\"10.0.0.0/8\"]", "rate = 0");
    let service = site.serve();
    assert!((0..5).all(|n| post(&service, &format!("203.0.113.{n}"), &json!({})).status == 202));
}

#[test]
fn who_is_banned_is_not_told() {
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
fn a_proxy_that_names_nobody_is_named_once() {
    let site = site("");
    let service = site.serve();
    let taken = |n: usize| wait_for("the log", || service.log().matches("comment taken in").count() == n);
    assert_eq!(post(&service, "203.0.113.9", &json!({})).status, 202);
    taken(1);
    assert!(!service.log().contains("WARN"), "{}", service.log());
    for _ in 0..3 {
        assert_eq!(post(&service, "", &json!({})).status, 202);
    }
    taken(4);
    let said = service.log();
    assert_eq!(said.matches("without an X-Forwarded-For header").count(), 1, "{said}");
    assert!(said.contains("trusted_proxies") && said.contains("proxy_set_header X-Forwarded-For"), "{said}");
}

#[test]
fn what_strangers_send_is_no_warning_of_ours() {
    let site = site("rate = 1\nrate_seconds = 600");
    set(&site, "log_refused_addresses = true", "rate = 1\nrate_seconds = 600");
    let service = site.serve();
    let raw: [&[u8]; 6] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /comments HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /%ff%00 HTTP/1.1\r\nHost: \xff\r\n\r\n",
        b"SSH-2.0-scanner\r\n",
    ];
    for request in raw {
        let mut stream = TcpStream::connect(service.url.trim_start_matches("http://")).expect("a connection");
        stream.write_all(request).expect("sent");
        // It may reset the connection; what it says does not matter.
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    }
    for origin in ["https://evil.example", "https://evil.example"] {
        let body = "{}";
        let request = service.agent.post(format!("{}/comments", service.url)).header("Origin", origin);
        assert_eq!(Answer::from(request.content_type("application/json").send(body).expect("an answer")).status, 403);
    }
    for (from, status) in [("203.0.113.9", 202), ("203.0.113.9", 429), ("203.0.113.10", 202)] {
        assert_eq!(post(&service, from, &json!({ "subject": "x" })).status, status);
    }
    wait_for("the log", || service.log().matches("a robot, by all appearances").count() == 3);
    let said = service.log();
    let loud: Vec<_> = said.lines().filter(|line| line.contains("ERROR") || line.contains("WARN")).collect();
    // Once each, whatever their number: they name settings that may be wrong.
    assert_eq!(loud.len(), 2, "{said}");
    assert!(loud[0].contains("without an X-Forwarded-For header") && loud[1].contains("https://evil.example"), "{said}");
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
