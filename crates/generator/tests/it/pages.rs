//! Articles with very many comments, and feeds.

use std::fs;

use super::harness::{Case, files};
use ardoise_generator::{Feeds, Scope, Settings};
use ardoise_model::{CommentId, Decision, Order};
use pretty_assertions::assert_eq;

fn json(case: &Case, file: &str) -> serde_json::Value {
    let text = fs::read_to_string(case.path("published").join(file)).expect("the file is there");
    serde_json::from_str(&text).expect("JSON")
}

fn ids(value: &serde_json::Value) -> Vec<String> {
    value["comments"].as_array().expect("a list").iter().map(|comment| comment["id"].as_str().expect("an id").to_owned()).collect()
}

fn many(case: &Case, article: &str, count: usize) -> Vec<CommentId> {
    (0..count).map(|n| case.approved(article, &format!("Number {n}"))).collect()
}

fn strings(ids: &[CommentId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

#[test]
fn a_long_thread_is_cut_into_pages_and_joined_again() {
    let case = Case::new();
    let mut all = many(&case, "/a/b.html", 101);
    let answer = case.submit("/a/b.html", "To the first", Some(&all[0]));
    case.decide(&answer, Decision::Approve);
    all.insert(1, answer);
    case.generate(Scope::Changes);
    let first = json(&case, "a/b.json");
    assert_eq!((first["count"].as_u64(), first["pages"].as_u64(), ids(&first).len()), (Some(102), Some(3), 50));
    let pages = ["a/b.json", "a/b.html.2.json", "a/b.html.3.json"].map(|file| ids(&json(&case, file)));
    assert_eq!(pages.concat(), strings(&all), "an answer stands behind what it answers");
    assert_eq!(json(&case, "a/b.html.2.json")["page"], 2);

    let kept = fs::metadata(case.path("published/a/b.html.2.json")).expect("there").modified().expect("mtime");
    for id in &all[100..] {
        case.decide(id, Decision::Delete);
    }
    case.generate(Scope::Changes);
    assert_eq!(json(&case, "a/b.json")["pages"].as_u64(), Some(2));
    assert!(!case.path("published/a/b.html.3.json").exists() && !case.path("published/a/b.html.3.json.br").exists());
    assert_eq!(fs::metadata(case.path("published/a/b.html.2.json")).expect("there").modified().expect("mtime"), kept);
    assert_eq!(case.differences(), []);

    all[..100].iter().for_each(|id| case.decide(id, Decision::Spam));
    case.generate(Scope::Changes);
    assert!(!case.path("published/a").exists());
}

#[test]
fn the_newest_can_be_on_top() {
    let case = Case::whole(Order::NewestFirst);
    let mut all = strings(&many(&case, "/a/", 60));
    all.reverse();
    case.generate(Scope::Changes);
    assert_eq!([ids(&json(&case, "a/index.json")), ids(&json(&case, "a/index.2.json"))].concat(), all);
}

#[test]
fn owners_are_distinguished_from_readers_with_their_name() {
    let mut case = Case::new();
    case.settings = Settings { avatars: true, ..case.settings };
    let draft = ardoise_model::Draft { article: "/a/".into(), author: "Ines".into(), text: "Mine".into(), ..Default::default() };
    let submission = || ardoise_model::Submission::check(&draft, &case.settings.origin).expect("good");
    case.store.submit_as_owner(submission(), &ardoise_model::Actor::COMMAND, case.now()).expect("stored");
    case.store.submit(submission(), ardoise_model::Status::Pending, case.now()).expect("stored");
    let other = case.store.comments(ardoise_model::Status::Pending).expect("listed").remove(0).id;
    case.decide(&other, Decision::Approve);
    case.generate(Scope::Changes);
    let file = json(&case, "a/index.json");
    let author = |n: usize| &file["comments"][n]["author"];
    assert_eq!((&author(0)["owner"], author(1).get("owner")), (&true.into(), None));
    assert_eq!(author(0)["avatar"], author(1)["avatar"], "a picture is of the name");
    assert!(author(0)["avatar"]["path"].as_str().is_some_and(|path| path.starts_with('M')));
}

#[test]
fn other_settings_build_everything_anew_and_leave_nothing_behind() {
    let mut case = Case::whole(Order::OldestFirst);
    many(&case, "/a/", 2);
    case.generate(Scope::Changes);
    assert!(case.path("published/a/feed.xml").exists() && case.path("published/feed.json.gz").exists());
    case.settings = Settings { feeds: Feeds::None, order: Order::NewestFirst, avatars: false, ..case.settings };
    case.generate(Scope::Changes);
    case.generator("fresh").run(Scope::Full, &|_, _| {}).expect("generated");
    assert_eq!(files(&case.path("published")), files(&case.path("fresh")));
    assert!(!case.path("published/a/feed.xml").exists() && !case.path("published/feed.json.gz").exists());
}

#[test]
fn feeds_hold_the_newest_and_keep_up() {
    let case = Case::whole(Order::OldestFirst);
    let all = many(&case, "/été & fin/", 25);
    case.generate(Scope::Changes);
    let read = |file: &str| {
        let bytes = fs::read(case.path("published").join(file)).expect("there");
        atom_syndication::Feed::read_from(&*bytes).expect("a feed")
    };
    let (site, article) = (read("feed.xml"), read("été & fin/feed.xml"));
    assert_eq!(site.title().as_str(), "A <blog> & more");
    assert_eq!(site.entries().len(), 20);
    let newest = format!("https://blog.example.org/%C3%A9t%C3%A9%20&%20fin/#comment-{}", all[24]);
    for feed in [&site, &article] {
        assert_eq!(feed.entries()[0].id(), newest);
        assert_eq!(feed.updated(), feed.entries()[0].updated());
        assert_eq!(feed.entries()[0].content().and_then(|content| content.value()), Some("<p>Number 24</p>\n"));
        assert_eq!(feed.entries()[0].authors()[0].name(), "Zoé <b>");
    }
    assert_eq!(article.links()[0].href(), "https://blog.example.org/ardoise/%C3%A9t%C3%A9%20&%20fin/feed.xml");
    let as_json = json(&case, "feed.json");
    assert_eq!((as_json["items"][0]["id"].as_str(), as_json["items"].as_array().map(Vec::len)), (Some(&*newest), Some(20)));
    case.decide(&all[24], Decision::Delete);
    case.generate(Scope::Changes);
    assert!(read("été & fin/feed.xml").entries()[0].id().ends_with(all[23].as_str()));
}
