//! The data about a person: export, deletion, and retention times.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::harness::{ORIGIN, Running, Site, wait_for};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn send(service: &Running, more: &Value) -> String {
    let mut body = json!({ "article": "/a/", "author": "Ada", "text": "Hello" });
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let answer = service.post_json(&body);
    assert_eq!(answer.status, 202, "{}", answer.body);
    answer.json()["id"].as_str().expect("an id").to_owned()
}

fn ids(value: &Value) -> Vec<&str> {
    value["comments"].as_array().expect("a list").iter().map(|comment| comment["id"].as_str().expect("an id")).collect()
}

/// Two comments by Ada from one browser, one with an address; one by another person of that name; a reply by Bob.
struct People {
    service: Running,
    ada: [String; 2],
    namesake: String,
    bob: String,
}

fn people(site: &Site) -> People {
    let service = site.serve();
    let ada = [send(&service, &json!({ "site": "ada.example" })), send(&service, &json!({ "author": "A.", "text": "Ada’s second" }))];
    let namesake = send(&service, &json!({ "text": "By another Ada" }));
    let bob = send(&service, &json!({ "author": "Bob", "text": "An answer", "reply_to": ada[0] }));
    site.ardoise(&["approve", &ada[0], &bob]);
    wait_for("both to be published", || site.count("/a/") == 2);
    site.sql(&format!(
        "UPDATE comments SET author_key = 'k', network = 'n' WHERE id IN ('{}', '{}');
             INSERT INTO edits (comment_id, text, edited_at, moderator, via) VALUES ('{}', 'Helo', 1, '', 'author');
             INSERT INTO subscribers (email, asked_at, confirmed_at) VALUES ('Ada@example.org', 2, 3);
             INSERT INTO subscriptions (subscriber_id, comment_id) VALUES (1, '{}');
             INSERT INTO jobs (queue, kind, subject, comment_id, created_at, due_at) VALUES ('mail', 'reply', 'reader 1', '{}', 4, {});",
        ada[0],
        ada[1],
        ada[0],
        ada[0],
        bob,
        i64::MAX
    ));
    People { service, ada, namesake, bob }
}

#[test]
fn all_that_is_known_of_a_person_is_shown() {
    let site = Site::new(&["/a/"]);
    let people = people(&site);
    let [first, second] = &people.ada;
    let export = |how: &str, who: &str| site.json(&["person", "export", how, who]);
    let shown = export("--email", "ada@EXAMPLE.org");
    assert_eq!(ids(&shown), [first]);
    let comment = &shown["comments"][0];
    assert_eq!(
        (&comment["text"], &comment["site"], &comment["status"]),
        (&json!("Hello"), &json!("https://ada.example/"), &json!("approved"))
    );
    assert_eq!(comment["former_texts"], json!([{ "text": "Helo", "date": "1970-01-01T00:00:00Z", "by": "author" }]));
    assert_eq!(
        (&comment["decisions"][0]["status"], &comment["hashes"]["browser"], &comment["hashes"]["network"]),
        (&json!("approved"), &json!("k"), &json!("n"))
    );
    let address = &shown["addresses"][0];
    assert_eq!(
        (&address["email"], &address["answers_to"], &address["mails_waiting"]),
        (&json!("Ada@example.org"), &json!([first]), &json!(1))
    );

    let mut same_browser = export("--comment", &second[..6]);
    same_browser["comments"].as_array_mut().expect("a list").sort_by_key(|comment| comment["author"].as_str().map(str::to_owned));
    assert_eq!(ids(&same_browser), [second, first]);
    assert_eq!(same_browser["addresses"][0]["email"], "Ada@example.org");
    assert_eq!(ids(&export("--comment", &people.bob)), [&people.bob]);
    assert_eq!(ids(&export("--name", "Ada")).len(), 2);
    let unknown = site.try_ardoise(&["person", "export", "--email", "nobody@example.org"]);
    assert!(!unknown.status.success() && String::from_utf8_lossy(&unknown.stderr).contains("no address \"nobody@example.org\" is stored"));
}

#[test]
fn a_person_who_is_deleted_leaves_nothing_but_a_place() {
    let site = Site::new(&["/a/"]);
    let people = people(&site);
    let [first, second] = &people.ada;
    let (deleted, said) = site.answering(&["person", "delete", "--comment", first], "no\n");
    assert!(!deleted && said.contains("Hello") && said.contains("Ada@example.org") && said.contains("nothing was changed"), "{said}");
    assert_eq!(ids(&site.json(&["person", "export", "--comment", first])).len(), 2);

    let (deleted, said) = site.answering(&["person", "delete", "--comment", first], "yes\n");
    assert!(deleted && said.contains("Emptied and deleted: 2 comments. Forgotten: 1 address; one was published"), "{said}");
    wait_for("the files to follow", || site.count("/a/") == 1);
    let published = site.read("a/index.json").expect("a file").to_string();
    assert!(published.contains("An answer") && !published.contains("Ada"), "{published}");
    for id in [first, second] {
        let shown = site.json(&["show", id, "--json"]);
        assert_eq!(
            (&shown["status"], &shown["text"], &shown["author"], &shown["site"]),
            (&json!("deleted"), &json!(""), &json!(""), &Value::Null)
        );
    }
    assert_eq!(site.json(&["show", &people.bob, "--json"])["parent"], first.as_str());
    assert!(!site.try_ardoise(&["person", "export", "--email", "ada@example.org"]).status.success(), "nothing is known of her any more");
    let again = site.try_ardoise(&["person", "delete", "--comment", first, "--yes"]);
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("is empty already"));
    assert!(site.json(&["person", "export", "--name", "Ada"]).to_string().contains("By another Ada"));

    if site.database.is_none() {
        let text =
            |file: &str| std::fs::read(site.path(file)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let all = text("ardoise.db") + &text("ardoise.db-wal");
        assert!(all.contains("By another Ada"), "it is there that texts are");
        for gone in ["Ada’s second", "Ada@example.org", "ada.example"] {
            assert!(!all.contains(gone), "{gone} is still in the file");
        }
    }
}

#[test]
fn a_person_is_deleted_by_address_or_by_name() {
    let site = Site::new(&["/a/"]);
    let people = people(&site);
    let said = site.ardoise(&["person", "delete", "--email", "ada@example.org", "--yes"]);
    assert!(said.contains("1 comment") && said.contains("1 address"), "{said}");
    assert_eq!(site.json(&["show", &people.ada[1], "--json"])["text"], "Ada’s second", "nothing says that this one is hers");
    let said = site.ardoise(&["person", "delete", "--name", "Ada", "--yes"]);
    assert!(said.contains("1 comment"), "{said}");
    assert_eq!(site.json(&["show", &people.namesake, "--json"])["text"], "");
    let nobody = site.try_ardoise(&["person", "delete", "--name", "Ada", "--yes"]);
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("nobody wrote under the name \"Ada\""));
    drop(people.service);
}

#[test]
fn refused_comments_are_removed_after_the_retention_time() {
    let site = Site::new(&["/a/"]);
    let (kept, decided, spam, answered, below, network) = {
        let service = site.serve();
        let all: Vec<_> = (0..6).map(|n| send(&service, &json!({ "text": format!("Comment {n}") }))).collect();
        let [kept, decided, spam, answered, network, _] = <[String; 6]>::try_from(all).expect("six");
        let below = send(&service, &json!({ "text": "Below", "reply_to": answered }));
        site.ardoise(&["approve", &kept, &below]);
        site.ardoise(&["reject", &answered, &decided]);
        site.ardoise(&["spam", &spam]);
        (kept, decided, spam, answered, below, network)
    };
    let now: i64 =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a time").as_millis().try_into().expect("fits");
    let (old, new) = (now - 91 * DAY, now - 89 * DAY);
    site.sql(
        &format!(
            "UPDATE comments SET created_at = {old}, network = 'n', author_key = 'k';
             UPDATE comments SET created_at = {now} WHERE id = '{network}';
             UPDATE decisions SET decided_at = {old};
             UPDATE decisions SET decided_at = {new} WHERE comment_id = '{decided}';
             INSERT INTO edits (comment_id, text, edited_at, moderator, via) VALUES ('{spam}', 'Before', {old}, '', 'web');
             INSERT INTO bans (kind, value, comment_id, banned_at, moderator, via) VALUES ('author', 'k', '{spam}', {old}, '', 'web'), ('network', 'n', '{spam}', {old}, '', 'web');"
        ),
    );
    let check = || site.ardoise(&["check"]);
    assert!(check().contains("go after 90 days, and 2 are due"), "{}", check());

    let gone = |id: &str| !site.try_ardoise(&["show", id]).status.success();
    let service = site.serve();
    wait_for("spam to go", || gone(&spam));
    wait_for("the answered one to be emptied", || site.json(&["show", &answered, "--json"])["text"] == "");
    let hashes = |id: &str| {
        let all = site.json(&["person", "export", "--comment", id]);
        all["comments"].as_array().expect("a list").iter().find(|one| one["id"] == id).expect("the comment")["hashes"].clone()
    };
    wait_for("the networks to go", || hashes(&kept).get("network").is_none());
    assert_eq!(hashes(&network)["network"], "n", "this one is of today");
    assert_eq!((gone(&kept), gone(&decided), gone(&below)), (false, false, false));
    assert_eq!(site.json(&["show", &below, "--json"])["parent"], answered.as_str());
    assert_eq!(
        site.json(&["person", "export", "--comment", &kept])["comments"][0]["banned"],
        true,
        "the ban on a browser outlives its comment"
    );
    assert!(check().contains("and none is due"), "{}", check());

    // Without replies the placeholder is removed too.
    site.ardoise(&["delete", &below]);
    site.sql(&format!("UPDATE decisions SET decided_at = {old} WHERE comment_id = '{below}'"));
    drop(service);
    let service = site.serve();
    wait_for("both to go", || gone(&below) && gone(&answered));
    wait_for("the one that is left to be counted", || site.count("/a/") == 1);
    drop(service);

    site.settings(&format!("[site]\norigin = \"{ORIGIN}\"\n[privacy]\nrefused_days = 0\n"));
    assert!(check().contains("are kept for ever"), "{}", check());
    site.settings(&format!("[site]\norigin = \"{ORIGIN}\"\n[privacy]\nnetwork_hours = 0\n"));
    let wrong = site.try_ardoise(&["pending"]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("0 is no number of hours from 1 to 8784: no network is kept for ever"));
}
