//! What moderators do in the queue, as a browser sees it without a script.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::browser::{Browser, site};
use super::harness::{ORIGIN, Site, wait_for};
use super::seen::{status, values};

fn by(site: &Site, id: &str) -> Value {
    let shown = site.json(&["show", id, "--json"]);
    shown["decisions"].as_array().and_then(|past| past.last()).map_or(Value::Null, |past| past["by"].clone())
}

#[test]
fn one_several_and_back_again() {
    let site = site("");
    let service = site.serve();
    let ids: Vec<_> = ["One", "Two", "Three"].iter().map(|text| service.submit("/a/", text)).collect();
    let ines = Browser::sign_in(&site, &service, "Ines");
    let page = ines.get("/moderation").body;
    assert!(page.contains("Pending <b>3</b>") && page.contains("About /a/") && page.contains(&format!("{ORIGIN}/a/")), "{page}");
    let read = values(&page, "read").into_iter().find(|read| read.starts_with(&ids[0])).expect("its version");
    let done = ines.then(&ines.post("/moderation/decide", &[("act", &format!("approve {}", ids[0])), ("id", &ids[1]), ("read", &read)]));
    assert!(done.contains("1 comment approved.") && done.contains("Pending <b>2</b>"), "{done}");
    assert_eq!(
        (status(&site, &ids[0]), by(&site, &ids[0]), status(&site, &ids[1])),
        ("approved".into(), json!("Ines (web)"), "pending".into())
    );
    wait_for("it to be published", || site.count("/a/") == 1);

    // All three by their boxes; one of them was published when the page was made, and Bob has decided about another since then.
    site.ardoise(&["reject", &ids[1]]);
    let seen: Vec<_> = ["approved", "pending", "pending"].iter().zip(&ids).map(|(status, id)| format!("{id}:{status}")).collect();
    let mut fields = vec![("act", "spam"), ("list", "all"), ("q", "/a/")];
    fields.extend(ids.iter().map(|id| ("id", id.as_str())).chain(seen.iter().map(|seen| ("seen", seen.as_str()))));
    let answer = ines.post("/moderation/decide", &fields);
    let done = ines.then(&answer);
    assert!(done.contains("3 comments spam.") && done.contains("Spam <b>3</b>"), "{done}");
    assert!(done.contains("The comment by Ada was decided meanwhile: it was rejected, by the command line."), "{done}");
    assert_eq!(done.matches("decided meanwhile").count(), 1);
    assert!(done.contains("name=\"q\" value=\"/a/\"") && answer.header("location").contains("list=all"), "the list stays");
    wait_for("it to leave the published files", || site.count("/a/") == 0);

    let undone = ines.then(&ines.post("/moderation/undo", &[("was", &values(&done, "was")[0])]));
    assert!(undone.contains("Undone: 3 comments as before."), "{undone}");
    let now: Vec<_> = ids.iter().map(|id| status(&site, id)).collect();
    assert_eq!(now, ["approved", "rejected", "pending"]);
    wait_for("it to be published again", || site.count("/a/") == 1);
    // Thirty days later, only two of them have come in of late.
    assert!(undone.contains("aria-label=\"3 comments: 1 approved, 0 spam, 2 other\""), "{undone}");
    site.sql(&format!("UPDATE comments SET created_at = created_at - 2592000000 WHERE id = '{}'", ids[0]));
    assert!(ines.get("/moderation").body.contains("aria-label=\"2 comments: 0 approved, 0 spam, 2 other\""));

    assert!(ines.then(&ines.post("/moderation/decide", &[("act", "spam")])).contains("No comment was selected"));
    // The address of an act is no page, and neither is a typing error.
    for lost in ["/moderation/decide", "/moderation/nothing"] {
        let page = ines.get(lost);
        assert!(page.status == 404 && page.body.contains("There is no such page"), "{lost}: {}", page.body);
    }
    for (fields, refused) in [
        ([("act", "publish"), ("id", "x")], 400),
        ([("act", "spam"), ("id", &ids[0][..4])], 404),
        ([("act", "spam"), ("id", "0000000000")], 404),
    ] {
        assert_eq!(ines.post("/moderation/decide", &fields).status, refused, "{fields:?}");
    }
}

#[test]
fn lists_are_searched_and_leafed_through() {
    let site = site("");
    let service = site.serve();
    for n in 0..27 {
        service.submit("/a/", &format!("Number {n}, 100 % sure"));
    }
    let other = service.post_json(&json!({ "article": "/b/", "author": "Élodie_X", "text": "Du café\\crème" }));
    let other = other.json()["id"].as_str().expect("an id").to_owned();
    let ines = Browser::sign_in(&site, &service, "Ines");
    let shown = |query: &str| {
        let page = ines.get(&format!("/moderation{query}")).body;
        (page.matches("<article").count(), page.contains(&other))
    };
    assert_eq!(shown(""), (25, true), "the newest first");
    assert_eq!(shown("?page=2"), (3, false));
    assert_eq!(shown("?page=9"), (3, false), "the last page there is");
    for (words, found) in [
        ("number+2,", (1, false)),
        ("%C3%89LODIE", (1, true)),
        ("CAF%C3%A9%5CCR", (1, true)),
        ("e_x", (1, true)),
        ("100+%25", (25, false)),
        ("1%25s", (0, false)),
        ("about+/b/", (1, true)),
        ("m%00ber", (25, false)),
        ("%27%22%3E%3Cb%3E", (0, false)),
    ] {
        assert_eq!(shown(&format!("?q={words}")), found, "{words}");
    }
    // PostgreSQL knows as many letters as its database's locale does; that of the tests' is C.
    assert!(super::POSTGRES || shown("?q=%C3%A9lodie") == (1, true));
    assert_eq!(shown("?list=all&q=cr%C3%A8me"), (1, true));
    assert_eq!(shown("?list=spam"), (0, false));
    assert!(ines.get("/moderation?list=spam").body.contains("There are no such comments."));
    assert!(ines.get("/moderation?q=%22%3E%3Cb%3E").body.contains("value=\"&#34;&#62;&#60;b&#62;\""));
}

#[test]
fn a_comment_is_changed_answered_and_its_sender_banned() {
    let site = site("");
    let service = site.serve();
    let id = service.submit("/a/", "Helo <b>you</b>");
    let ines = Browser::sign_in(&site, &service, "Ines");
    let here = format!("/moderation/comments/{id}");
    let form = |page: &str, name: &str| {
        let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).expect("a field");
        rest.split('"').next().expect("a value").to_owned()
    };
    let page = ines.get(&here).body;
    assert!(page.contains("Helo &lt;b&gt;you&lt;/b&gt;"), "as it will be published: {page}");
    let base = form(&page, "base");
    let edit = format!("{here}/edit");
    let changed = ines.then(&ines.post(&edit, &[("base", &base), ("text", "Hello *you*\r\n")]));
    assert!(changed.contains("The text was changed.") && changed.contains("Hello <em>you</em>") && changed.contains("changed by Ines"));
    assert!(changed.contains("<pre>Helo &#60;b&#62;you&#60;/b&#62;</pre>"), "the former text: {changed}");
    // Made of the first text, and sent only now.
    let late = ines.post(&edit, &[("base", &base), ("text", "Mine & only mine")]);
    assert!(
        late.status == 409 && late.body.contains("changed since you opened it") && late.body.contains("Mine &#38; only mine"),
        "{}",
        late.body
    );
    let again = ines.post(&edit, &[("base", &form(&late.body, "base")), ("text", "Mine & only mine")]);
    assert_eq!(again.status, 303);
    let empty = ines.post(&edit, &[("base", &base), ("text", " ")]);
    assert!(empty.status == 409 && empty.body.contains("The text must be filled in."), "{}", empty.body);
    assert_eq!(site.json(&["show", &id, "--json"])["text"], "Mine & only mine");

    let reply = format!("{here}/reply");
    let hidden = ines.post(&reply, &[("text", "Thanks")]);
    assert!(hidden.status == 409 && hidden.body.contains("tick the box") && hidden.body.contains("\nThanks</textarea>"), "{}", hidden.body);
    let empty = ines.post(&reply, &[("text", ""), ("approve", "1")]);
    assert_eq!((empty.status, status(&site, &id)), (409, "pending".into()), "what cannot be published publishes nothing else");
    let read = form(&hidden.body, "read");
    let done = ines.then(&ines.post(&reply, &[("text", "Thanks"), ("approve", "1"), ("read", &read)]));
    assert!(done.contains("Your answer is published.") && done.contains("approved by Ines") && done.contains("Thanks"), "{done}");
    wait_for("both to be published", || site.count("/a/") == 2);
    let answer = &site.read("a/index.json").expect("a file")["comments"][1];
    assert_eq!((&answer["author"]["name"], &answer["parent"]), (&json!("Ines"), &json!(id)));

    for gone in ["0000000000", &id[..5], "x", "..%2f"] {
        assert_eq!(ines.get(&format!("/moderation/comments/{gone}")).status, 404, "{gone}");
    }
}

#[test]
fn what_a_banned_sender_sends_is_spam() {
    let site = site("");
    let service = site.serve();
    let send = |text: &str, key: &str| {
        let answer = service.post_json(&json!({ "article": "/a/", "author": "Ada", "text": text, "key": key }));
        answer.json()["id"].as_str().expect("an id").to_owned()
    };
    let ours = "the-secret-of-a-browser";
    let id = send("Hello", ours);
    let ines = Browser::sign_in(&site, &service, "Ines");
    let here = format!("/moderation/comments/{id}");
    let banned = ines.then(&ines.post(&format!("{here}/ban"), &[]));
    assert!(banned.contains("The sender is banned") && banned.contains("Lift the ban"), "{banned}");
    assert!(banned.contains("its sender banned by Ines"), "{banned}");
    assert!(site.ardoise(&["log"]).contains("banned its sender"));
    let again = send("Hello again", ours);
    assert_eq!(status(&site, &again), "spam");
    assert!(ines.get("/moderation?list=spam").body.contains("Its sender is banned."));
    assert!(ines.then(&ines.post(&format!("{here}/unban"), &[])).contains("The ban is lifted."));
    assert_eq!(status(&site, &send("And again", ours)), "pending");
    // Nothing at all is kept of one who was imported, or forgotten.
    site.sql("UPDATE comments SET author_key = NULL, network = NULL");
    assert!(ines.then(&ines.post(&format!("{here}/ban"), &[])).contains("nobody was banned"));
}

#[test]
fn what_its_author_changed_meanwhile_is_not_approved() {
    let site = site("");
    let service = site.serve();
    let sent = service.post_json(&json!({ "article": "/a/", "author": "Ada", "text": "Lovely tea" })).json();
    let (id, token) = (sent["id"].as_str().expect("an id"), sent["edit_token"].as_str().expect("a token"));
    let change = |text: &str| {
        let body = json!({ "edit_token": token, "text": text }).to_string();
        let answer = service.agent.patch(format!("{}/comments/{id}", service.url)).content_type("application/json").send(body);
        assert_eq!(answer.expect("an answer").status(), 200);
    };
    let other = service.submit("/b/", "Another");
    let ines = Browser::sign_in(&site, &service, "Ines");
    let read = |page: &str| {
        let all = page.split("name=\"read\" value=\"").skip(1).map(|rest| rest.split('"').next().expect("a value").to_owned());
        all.collect::<Vec<_>>()
    };
    let both = read(&ines.get("/moderation").body);
    assert_eq!(both.len(), 2);
    let sent: Vec<_> =
        [("act", "approve"), ("id", id), ("id", &other)].into_iter().chain(both.iter().map(|read| ("read", &**read))).collect();
    change("Buy pills");
    let done = ines.then(&ines.post("/moderation/decide", &sent));
    assert!(done.contains("1 comment approved.") && done.contains("1 comment changed by the author since you read it"), "{done}");
    assert_eq!((status(&site, id), status(&site, &other)), ("pending".into(), "approved".into()));
    let alone = [("act", format!("approve {id}")), ("read", both.iter().find(|read| read.starts_with(id)).expect("its own").clone())];
    let alone: Vec<_> = alone.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = ines.then(&ines.post("/moderation/decide", &alone));
    assert!(done.contains("nothing was decided. Read it again.") && done.contains("Buy pills"), "{done}");

    let here = format!("/moderation/comments/{id}");
    let seen = read(&ines.get(&here).body).remove(0);
    change("Buy more pills");
    let reply = ines.post(&format!("{here}/reply"), &[("text", "Thanks"), ("approve", "1"), ("read", &seen)]);
    assert!(reply.status == 409 && reply.body.contains("Read it again.") && reply.body.contains("Thanks"), "{}", reply.body);
    assert_eq!(status(&site, id), "pending");
    // What it is by now may be called what it is, whatever was read.
    let spam = ines.then(&ines.post("/moderation/decide", &[("act", &format!("spam {id}")), ("read", &seen)]));
    assert!(spam.contains("1 comment spam."), "{spam}");
}

#[test]
fn a_link_to_the_queue_reports_no_action_that_was_not_taken() {
    let site = site("");
    let service = site.serve();
    let (first, second) = (service.submit("/a/", "Hello"), service.submit("/a/", "There"));
    let (ines, bob) = (Browser::sign_in(&site, &service, "Ines"), Browser::sign_in(&site, &service, "Bob"));
    let done = ines.post("/moderation/decide", &[("act", &format!("reject {first}"))]);
    let address = done.header("location").to_owned();
    let shown = |browser: &Browser<'_>, address: &str| {
        let page = browser.get(address).body;
        assert!(page.contains("Pending <b>1</b>"), "{page}");
        (page.contains("1 comment rejected."), page.contains("moderation/undo\""))
    };
    assert_eq!(shown(&ines, &address), (true, true), "{address}");
    assert_eq!(shown(&bob, &address), (false, false), "it is another's");
    for forged in [
        "/moderation?done=rejected&number=1".to_owned(),
        format!("/moderation?done=rejected&number=1&was={second}:approved"),
        format!("/moderation?done=rejected&number=1&seal={}&was={second}:approved", "0".repeat(64)),
        format!("{address}&").replace("seal=", "sealed="),
        address.replace(&first, &second),
        address.replace("pending", "approved"),
    ] {
        assert_eq!(shown(&ines, &forged), (false, false), "{forged}");
    }
    let page = ines.get(&address.replace("number=1", "number=7")).body;
    assert!(!page.contains("7 comments rejected."), "{page}");
    let page = ines.get(&format!("/moderation/comments/{second}?done=banned")).body;
    assert!(!page.contains("role=\"status\""), "{page}");
}
