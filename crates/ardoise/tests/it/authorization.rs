//! Authorisation in the moderators' queue: every route with requests that are not allowed, and the ways to sign in.

use ardoise_service::{MODERATION_ROUTES, Route};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::browser::{Browser, ask, link, site};
use super::harness::{Answer, ORIGIN, Site, wait_for};

/// Returns the state that a refused request must not change.
fn state(site: &Site, ids: &[&str]) -> Vec<Value> {
    let shown = ids.iter().map(|id| site.json(&["show", id, "--json"]));
    shown.chain([site.json(&["log", "--json"]), site.json(&["pending", "--json"]), sessions(site)]).collect()
}

/// Those there are, but not when they were used.
fn sessions(site: &Site) -> Value {
    let sessions = site.json(&["moderator", "sessions", "--json"]);
    sessions.as_array().expect("a list").iter().map(|one| json!([one["id"], one["moderator"]])).collect()
}

/// A route with something in its places, and a form that would do something there.
fn filled(route: &Route, id: &str, session: &str) -> (String, Vec<(&'static str, String)>) {
    let place = if route.path.starts_with("/sessions") { session } else { id };
    let path = format!("/moderation{}", route.path.replace("{id}", place).replace("{token}", "x"));
    let all = [("act", "approve"), ("id", id), ("text", "Changed"), ("approve", "1")].map(|(name, value)| (name, value.to_owned()));
    (path, all.into_iter().chain([("was", format!("{id}:spam"))]).collect())
}

#[test]
fn every_route_asks_who_one_is() {
    let site = site("");
    let service = site.serve();
    let (first, second) = (service.submit("/a/", "Hello"), service.submit("/b/", "There"));
    let ids = [first.as_str(), second.as_str()];
    let (ines, bob) = (Browser::sign_in(&site, &service, "Ines"), Browser::sign_in(&site, &service, "Bob"));
    let mine = sessions(&site).as_array().expect("a list").iter().find(|one| one[1] == "Ines").expect("hers")[0].to_string();
    // Sessions that are none any more: ended, and of a moderator whom the settings do not name now.
    let ended = Browser::sign_in(&site, &service, "Ines");
    assert_eq!(ended.post("/moderation/sign-out", &[]).header("location"), "/moderation/sign-in");
    let old = Browser::sign_in(&site, &service, "Bob");
    let idle = Browser::sign_in(&site, &service, "Bob");
    site.sql("UPDATE sessions SET expires_at = 1 WHERE id = (SELECT MAX(id) - 1 FROM sessions)");
    site.sql("UPDATE sessions SET seen_at = seen_at - 1209600001 WHERE id = (SELECT MAX(id) FROM sessions)");
    let (csrf, other) = (ines.csrf(), bob.csrf());
    let before = state(&site, &ids);
    let mut tried = 0;
    for route in MODERATION_ROUTES.iter().filter(|route| route.is_for_moderators()) {
        let (path, form) = filled(route, &first, &mine);
        let with = |csrf: &str| form.iter().cloned().chain([("csrf", csrf.to_owned())]).collect::<Vec<_>>();
        let send = |cookie: Option<&str>, form: &[(&'static str, String)], headers: &[(&str, &str)]| {
            tried += 1;
            let fields: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let answer = ask(&service, route.method.as_str(), &path, cookie, &fields, headers);
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
            assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
            assert!(!answer.header("content-security-policy").contains("unsafe"), "{path}");
            (answer.status, answer.header("location").to_owned())
        };
        let mut send = send;
        // No token has a 0.
        let tampered = format!("{}0", &ines.cookie[..31]);
        for cookie in [None, Some(""), Some("Ines"), Some(&tampered), Some(&ended.cookie), Some(&old.cookie), Some(&idle.cookie)] {
            let refused = if route.method == "GET" { (303, "/moderation/sign-in".to_owned()) } else { (401, String::new()) };
            assert_eq!(send(cookie, &with(&csrf), &[]), refused, "{} {path} with {cookie:?}", route.method);
        }
        if route.method == "GET" {
            assert_eq!(send(Some(&ines.cookie), &[], &[]).0, 200, "{path}");
            continue;
        }
        let forbidden = (403, String::new());
        assert_eq!(send(Some(&ines.cookie), &form, &[]), forbidden, "{path} without a token");
        for wrong in ["", "00", &csrf[..63], &"0".repeat(64), &other] {
            assert_eq!(send(Some(&ines.cookie), &with(wrong), &[]), forbidden, "{path} with {wrong}");
        }
        for foreign in
            [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example"), ("origin", "null")]
        {
            assert_eq!(send(Some(&ines.cookie), &with(&csrf), &[foreign]), forbidden, "{path} with {foreign:?}");
        }
    }
    assert!(tried > 100, "{tried}");
    assert_eq!(state(&site, &ids), before, "nothing was changed");
    // A moderator cannot end the session of another one.
    assert_eq!(bob.post(&format!("/moderation/sessions/{mine}/revoke"), &[]).status, 404);
    assert_eq!(state(&site, &ids), before);
    what_was_refused_is_understood(&first, &mine, &ines, &bob);
}

/// Every form has an effect if it is sent by an authorised moderator.
fn what_was_refused_is_understood(first: &str, mine: &str, ines: &Browser<'_>, bob: &Browser<'_>) {
    for route in MODERATION_ROUTES.iter().filter(|route| route.is_for_moderators() && route.method == "POST") {
        let (path, form) = filled(route, first, mine);
        let page = ines.get(&format!("/moderation/comments/{first}")).body;
        let read = page.split_once("name=\"read\" value=\"").map_or("", |(_, rest)| rest.split('"').next().unwrap_or_default());
        let fields: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).chain([("read", read)]).collect();
        // The form to change a text says of which one it was made.
        let known = if route.path.ends_with("/edit") { 409 } else { 303 };
        let whose = if route.path.ends_with("/sign-out") { bob } else { ines };
        if route.path.ends_with("/revoke") {
            continue;
        }
        assert_eq!(whose.post(&path, &fields).status, known, "{path}");
    }
    assert_eq!(bob.get("/moderation").status, 303, "signed out");
    assert_eq!(ines.post(&format!("/moderation/sessions/{mine}/revoke"), &[]).status, 303);
    assert_eq!(ines.get("/moderation").status, 303, "ended");
}

#[test]
fn a_moderator_who_is_none_any_more_has_no_session() {
    let site = site("");
    let bob = {
        let service = site.serve();
        Browser::sign_in(&site, &service, "Bob").cookie
    };
    let invitation = link(&site, "Bob");
    site.settings(&format!(
        "[site]\norigin = \"{ORIGIN}\"\nbuilt = \"public\"\n[service]\nlisten = \"127.0.0.1:0\"\n[[moderator]]\nname = \"Ines\"\n"
    ));
    let service = site.serve();
    assert_eq!(ask(&service, "GET", "/moderation", Some(&bob), &[], &[]).header("location"), "/moderation/sign-in");
    assert_eq!((service.get(&invitation).status, service.post_form(&invitation, &[], &[]).status), (410, 410));
    let error = site.try_ardoise(&["moderator", "link", "Bob"]);
    let said = String::from_utf8_lossy(&error.stderr).into_owned();
    assert!(said.contains("\"Bob\" is no moderator; the settings name: Ines"), "{said}");
    assert!(site.ardoise(&["moderator", "link"]).contains("/moderation/sign-in/"), "one moderator needs no name");
}

#[test]
fn a_link_signs_in_once_and_looking_at_it_does_nothing() {
    let site = site("");
    let service = site.serve();
    let used = link(&site, "Ines");
    for _ in 0..3 {
        assert_eq!(service.get(&used).status, 200);
    }
    assert_eq!(service.post_form(&used, &[], &[("sec-fetch-site", "cross-site")]).status, 403, "nobody is signed in unasked");
    assert_eq!(service.post_form(&used, &[], &[]).status, 303);
    let late = link(&site, "Ines");
    site.sql("UPDATE sign_ins SET expires_at = 1");
    let wrong = format!("{}0", &late[..late.len() - 1]);
    for link in [&used, &late, &wrong, &"/moderation/sign-in/x".to_owned()] {
        for answer in [service.get(link), service.post_form(link, &[], &[])] {
            assert_eq!((answer.status, answer.header("set-cookie")), (410, ""), "{link}");
            assert!(answer.body.contains("ardoise moderator link"), "{}", answer.body);
        }
    }
    let fr = ask(&service, "GET", &used, None, &[], &[("accept-language", "fr-FR,fr;q=0.9")]);
    assert!(fr.body.contains("Ce lien ne connecte plus") && fr.body.contains("lang=\"fr\""));
    let door = service.get("/moderation/sign-in");
    assert!(door.status == 200 && door.body.contains("ardoise moderator link"));
    // What is kept of it cannot be used.
    let link = link(&site, "Ines");
    let kept = site.text("SELECT token_hash FROM sign_ins");
    assert!(!link.contains(&kept) && kept.len() == 64);
    assert_eq!(service.get(&format!("/moderation/sign-in/{kept}")).status, 410);
}

#[test]
fn sessions_are_listed_and_ended() {
    let site = site("");
    let service = site.serve();
    let (here, there) = (Browser::sign_in(&site, &service, "Ines"), Browser::sign_in(&site, &service, "Ines"));
    let bob = Browser::sign_in(&site, &service, "Bob");
    let page = here.get("/moderation/sessions").body;
    assert_eq!((page.matches("Firefox, Linux</strong>").count(), page.matches("this browser").count()), (2, 1), "his own alone");
    let listed = site.json(&["moderator", "sessions", "--json"]);
    assert_eq!(listed.as_array().map(Vec::len), Some(3));
    let id = listed[1]["id"].to_string();
    site.ardoise(&["moderator", "revoke", &id]);
    assert_eq!((here.get("/moderation").status, there.get("/moderation").status), (200, 303));
    assert!(!site.try_ardoise(&["moderator", "revoke", &id]).status.success());
    let invitation = link(&site, "Bob");
    assert_eq!(site.ardoise(&["moderator", "revoke", "--all", "Bob"]).trim(), "ended 1 session of Bob");
    assert_eq!((bob.get("/moderation").status, service.get(&invitation).status), (303, 410));
}

#[test]
fn an_address_of_its_own_and_a_prefix() {
    let site = site("url = \"http://blog.example.org/c/\"\n[moderation]\nlisten = \"127.0.0.1:0\"\n");
    let service = site.serve();
    let unknown = service.get("/nothing");
    for path in ["/moderation", "/moderation/sign-in", "/moderation/sign-in/x"] {
        let answer = service.get(path);
        assert_eq!((answer.status, answer.body), (unknown.status, unknown.body.clone()), "{path}");
    }
    let mut queue = service;
    queue.url = queue.said("the moderators' queue is on ").replace("/moderation", "");
    assert_eq!(queue.get("/").status, 404);
    assert!(queue.get("/x/y").body.contains("href=\"../moderation\""), "the way to the queue");
    assert_eq!(queue.get("/moderation").header("location"), "/c/moderation/sign-in");
    let link = site.ardoise(&["moderator", "link", "Ines"]);
    let path = link.trim().strip_prefix("http://blog.example.org/c").expect("behind the prefix");
    let answer = queue.post_form(path, &[], &[("origin", "http://blog.example.org")]);
    assert_eq!(answer.header("location"), "/c/moderation");
    assert!(
        answer.header("set-cookie").ends_with("Path=/c/moderation; Max-Age=7776000; HttpOnly; SameSite=Strict"),
        "{}",
        answer.header("set-cookie")
    );
    let cookie = answer.header("set-cookie").split(['=', ';']).nth(1).expect("a value").to_owned();
    let browser = Browser { service: &queue, cookie };
    let page = browser.get("/moderation").body;
    let own = page.split("href=\"").chain(page.split("action=\"")).skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
    let absolute: Vec<_> = own.filter(|link| link.starts_with('/')).collect();
    assert_eq!(absolute, Vec::<&str>::new(), "whatever stands before it");
    let done = browser.post("/moderation/decide", &[("act", "spam")]);
    assert!(done.header("location").starts_with("/c/moderation?list=pending&done=none&"), "{}", done.header("location"));
}

#[test]
fn of_several_cookies_the_one_that_holds_counts() {
    let site = site("");
    let service = site.serve();
    let (ines, bob) = (Browser::sign_in(&site, &service, "Ines"), Browser::sign_in(&site, &service, "Bob"));
    let named = |cookies: &[u8]| {
        let cookies = ureq::http::HeaderValue::from_bytes(cookies).expect("a header");
        let answer = service.agent.get(format!("{}/moderation/sessions", service.url)).header("cookie", cookies).call();
        Answer::from(answer.expect("an answer")).status
    };
    let pair = |value: &str| format!("ardoise_moderation={value}");
    let (mine, others) = (pair(&ines.cookie), pair(&bob.cookie));
    for cookies in [
        mine.clone(),
        format!("ardoise_moderation=; {mine}"),
        format!("{mine}; ardoise_moderation=x"),
        format!("ardoise_moderation=0000; a=b; {mine}; {mine}"),
    ] {
        assert_eq!(named(cookies.as_bytes()), 200, "{cookies}");
    }
    assert_eq!(named(&[b"other=\xff; ", mine.as_bytes()].concat()), 200, "another's bytes");
    // With a foreign session cookie in the browser, no decision is made under the name of another moderator.
    assert_eq!(named(format!("{mine}; {others}").as_bytes()), 303);
    assert_eq!(named(format!("{others}; {mine}").as_bytes()), 303);
}

#[test]
fn where_a_form_comes_from_is_read_whatever_its_bytes() {
    let site = site("");
    let service = site.serve();
    let id = service.submit("/a/", "Hello");
    let ines = Browser::sign_in(&site, &service, "Ines");
    let csrf = ines.csrf();
    for (name, value) in [("origin", &b"https://evil.example/\xff"[..]), ("sec-fetch-site", b"cross-site\xff")] {
        let value = ureq::http::HeaderValue::from_bytes(value).expect("a header");
        let request = service.agent.post(format!("{}/moderation/decide", service.url)).header(name, value);
        let request = request.header("cookie", format!("ardoise_moderation={}", ines.cookie));
        let answer = request.send_form([("csrf", csrf.as_str()), ("act", &format!("spam {id}"))]).expect("an answer");
        assert_eq!(answer.status(), 403, "{name}");
    }
    assert_eq!(site.json(&["show", &id, "--json"])["status"], "pending");
}

#[test]
fn a_sign_in_link_is_mailed_to_moderators_only_and_the_response_reveals_nothing() {
    let without = site("");
    let service = without.serve();
    assert!(!service.get("/moderation/sign-in").body.contains("Mail me a link"));
    assert_eq!(service.post_form("/moderation/sign-in", &[("name", "Ines")], &[]).status, 404);

    // Nobody listens there: what is to be sent, waits.
    let mail = "[mail]\nserver = \"127.0.0.1:1\"\ntls = \"none\"\nfrom = \"comments@example.org\"\n";
    let site = site(&format!("{mail}[[moderator]]\nname = \"Zoé\"\nemail = \"zoe@example.org\"\n"));
    let service = site.serve();
    assert!(service.get("/moderation/sign-in").body.contains("Mail me a link"));
    let ask = |name: &str, headers: &[(&str, &str)]| {
        let answer = service.post_form("/moderation/sign-in", &[("name", name)], headers);
        (answer.status, answer.body)
    };
    let waiting = || site.text("SELECT CAST(COUNT(*) AS TEXT) FROM jobs WHERE kind = 'sign_in'");
    assert_eq!(ask("Zoé", &[("origin", "https://evil.example")]).0, 403);
    let same = ask("Eve", &[]);
    assert!(same.0 == 200 && same.1.contains("a link is on its way"), "{}", same.1);
    // Ines has no address, and the others are no moderators.
    for name in ["Ines", "Bob", "", "' OR 1 --"] {
        assert_eq!(ask(name, &[]), same, "{name}");
    }
    // The answer does not wait for it.
    assert_eq!(ask(" zOÉ ", &[]), same);
    wait_for("a mail for the moderator", || waiting() == "1");
    assert_eq!(site.text("SELECT subject FROM jobs WHERE kind = 'sign_in'"), "moderator Zoé");
    assert_eq!(ask("Zoé", &[]), same);
    drop(service);
    assert_eq!(site.text("SELECT COALESCE(MIN(subject), '') FROM jobs WHERE kind = 'sign_in'"), "moderator Zoé");
    assert_eq!(waiting(), "1", "nobody else got one, and one that waits is enough");
    assert_eq!(site.text("SELECT CAST(COUNT(*) AS TEXT) FROM sessions"), "0");
}
