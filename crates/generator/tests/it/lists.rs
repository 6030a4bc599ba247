//! Lists and articles: a reader who sees a count finds the comment.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use ardoise_generator::{Scope, StopSignal, Worker};
use ardoise_model::Decision;
use pretty_assertions::assert_eq;
use serde_json::Value;

use super::harness::{Case, wait_for};

fn json(case: &Case, file: &str) -> Value {
    fs::read(case.path("published").join(file)).map_or(Value::Null, |bytes| serde_json::from_slice(&bytes).expect("JSON"))
}

/// Returns the number of comments in the article's file.
fn found(case: &Case, article: &str) -> u64 {
    json(case, &format!("{}/index.json", article.trim_matches('/')))["count"].as_u64().unwrap_or_default()
}

/// Returns the articles of which a list names more than their files hold.
fn promised_too_much(case: &Case) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in ["latest.json", "counts.json"] {
        for (article, count) in json(case, file)["counts"].as_object().into_iter().flatten() {
            if count.as_u64() > Some(found(case, article)) {
                wrong.push(format!("{file}: {article} {count}"));
            }
        }
    }
    for comment in json(case, "recent.json")["comments"].as_array().into_iter().flatten() {
        let (article, id) = (comment["path"].as_str().expect("a path"), &comment["id"]);
        let file = json(case, &format!("{}/index.json", article.trim_matches('/')));
        if !file["comments"].as_array().into_iter().flatten().any(|shown| shown["id"] == *id) {
            wrong.push(format!("recent.json: {article} {id}"));
        }
    }
    wrong
}

#[test]
fn a_first_run_promises_nothing_that_is_not_there_yet() {
    let case = Case::new();
    for n in 0..1100 {
        case.approved(&format!("/{n:04}/"), "Hello");
    }
    // The rows are gone, as in a database restored beside an empty folder.
    case.forget_work();
    case.approved("/1099/", "More");
    let seen = std::cell::Cell::new(0);
    let look = |_: usize, _: usize| {
        seen.set(seen.get() + 1);
        assert_eq!(promised_too_much(&case), Vec::<String>::new());
    };
    case.generator("published").run(Scope::Full, &look).expect("generated");
    assert!(seen.get() > 1);
    assert_eq!(case.differences(), []);
}

#[cfg(unix)]
#[test]
fn an_article_that_cannot_be_written_is_counted_as_it_is() {
    let case = Case::whole(ardoise_model::Order::OldestFirst);
    let (old, other) = (case.approved("/a/", "Old"), case.approved("/b/", "Hello"));
    case.generate(Scope::Full);
    // A symbolic link to itself can be neither read nor followed, even by root.
    let blocked = case.path("published/a/index.json.gz");
    fs::remove_file(&blocked).expect("removed");
    std::os::unix::fs::symlink("index.json.gz", &blocked).expect("linked");
    let new = case.approved("/a/", "New");
    case.decide(&other, Decision::Reject);
    for scope in [Scope::Changes, Scope::Full] {
        case.generator("published").run(scope, &|_, _| {}).expect_err("one cannot be written");
        let (latest, recent) = (json(&case, "latest.json"), json(&case, "recent.json").to_string());
        assert_eq!((&latest["counts"]["/a/"], &latest["counts"]["/b/"]), (&1.into(), &0.into()), "{scope:?}");
        assert_eq!(json(&case, "counts.json")["counts"], serde_json::json!({ "/a/": 1 }), "{scope:?}");
        assert_eq!(
            (&latest["revision"], &json(&case, "counts.json")["revision"]),
            (&2.into(), &2.into()),
            "not the change that is missing"
        );
        assert!(recent.contains(old.as_str()) && !recent.contains(new.as_str()), "{recent}");
        let feed = fs::read_to_string(case.path("published/feed.xml")).expect("a feed");
        assert!(feed.contains(old.as_str()) && !feed.contains(new.as_str()) && !feed.contains(other.as_str()), "{feed}");
    }
    fs::remove_file(&blocked).expect("removed");
    case.generate(Scope::Full);
    assert_eq!((json(&case, "latest.json")["revision"].clone(), promised_too_much(&case)), (4.into(), vec![]));
    assert_eq!(case.differences(), []);
}

/// As with a tree that was restored, or a newer renderer: no row of work names the article.
#[cfg(unix)]
#[test]
fn an_article_that_only_a_full_run_looks_at_is_counted_as_it_is() {
    let case = Case::whole(ardoise_model::Order::OldestFirst);
    case.approved("/a/", "Old");
    case.generate(Scope::Full);
    let blocked = case.path("published/a/index.json.gz");
    fs::remove_file(&blocked).expect("removed");
    std::os::unix::fs::symlink("index.json.gz", &blocked).expect("linked");
    let new = case.approved("/a/", "New");
    case.forget_work();
    case.generator("published").run(Scope::Full, &|_, _| {}).expect_err("it cannot be written");
    assert_eq!(json(&case, "counts.json")["counts"], serde_json::json!({ "/a/": 1 }));
    assert_eq!(json(&case, "latest.json")["counts"]["/a/"], 1);
    assert!(!json(&case, "recent.json").to_string().contains(new.as_str()));
}

/// A reader who reads continuously while comments come and go.
#[test]
fn every_counted_comment_is_found() {
    let case = Case::new();
    let (stop, over) = (StopSignal::default(), AtomicBool::new(false));
    let worker = Worker::new(case.generator("published"), None, std::time::Duration::ZERO);
    let (folder, store) = (case.path("published"), case.store.clone());
    std::thread::scope(|scope| {
        scope.spawn(|| worker.run(&stop));
        wait_for("the first run", || folder.join("counts.json").exists());
        let reader = scope.spawn(|| {
            let read = |file: &str| fs::read(folder.join(file)).map_or(Value::Null, |bytes| serde_json::from_slice(&bytes).expect("JSON"));
            let (mut looks, mut wrong) = (0, Vec::new());
            while !over.load(Ordering::Relaxed) {
                let before = read("latest.json");
                for (article, count) in before["counts"].as_object().into_iter().flatten().take(3) {
                    let found = read(&format!("{}/index.json", article.trim_matches('/')))["count"].as_u64().unwrap_or_default();
                    // A comment that was taken down has left the list first.
                    if count.as_u64() > Some(found) && read("latest.json") == before {
                        wrong.push(format!("{article}: {count} counted, {found} there"));
                    }
                    looks += 1;
                }
            }
            (looks, wrong)
        });
        let mut last = None;
        for n in 0..150 {
            let id = case.approved(&format!("/{}/", n % 40), "Hello");
            if let Some(id) = last.replace(id).filter(|_| n % 3 == 0) {
                case.decide(&id, Decision::Delete);
            }
        }
        wait_for("all of it to be published", || !store.has_work().expect("asked"));
        over.store(true, Ordering::Relaxed);
        let (looks, wrong) = reader.join().expect("a reader");
        stop.set();
        assert_eq!(wrong, Vec::<String>::new());
        assert!(looks > 0);
    });
    assert_eq!(case.differences(), []);
}

/// A text that makes the renderer panic.
fn panics_on_boom(text: &str) -> Result<String, ardoise_model::Unrenderable> {
    ardoise_model::catch_panic(|| {
        assert!(!text.contains("boom"), "on purpose");
        ardoise_model::to_html(text)
    })
}

#[test]
fn a_comment_that_cannot_be_rendered_is_left_out_and_waits_for_a_moderator() {
    for scope in [Scope::Changes, Scope::Full] {
        let mut case = Case::whole(ardoise_model::Order::OldestFirst);
        case.settings.renderer = panics_on_boom;
        case.generate(Scope::Full);
        let (good, bad, other) = (case.approved("/a/", "Hello"), case.approved("/a/", "boom"), case.approved("/b/", "Hello"));
        if scope == Scope::Full {
            // As with a newer version whose renderer has a bug: no row of work names the article.
            case.forget_work();
        }
        case.generate(scope);
        let file = json(&case, "a/index.json");
        assert_eq!((file["count"].as_u64(), &file["comments"][0]["id"]), (Some(1), &good.as_str().into()));
        assert_eq!(found(&case, "/b/"), 1, "the other article is not held up");
        assert_eq!(json(&case, "counts.json")["counts"], serde_json::json!({ "/a/": 1, "/b/": 1 }));
        let feed = fs::read_to_string(case.path("published/feed.xml")).expect("a feed");
        assert!(!feed.contains(bad.as_str()) && feed.contains(other.as_str()));
        let waiting = case.store.comments(ardoise_model::Status::Pending).expect("pending");
        assert_eq!(waiting.iter().map(|comment| (&comment.id, comment.layer.as_deref())).collect::<Vec<_>>(), [(&bad, Some("renderer"))]);
        assert!(!case.store.has_work().expect("asked"), "nothing is left behind");
        assert_eq!(case.differences(), []);
        // After the renderer was corrected, a moderator publishes the comment.
        case.settings.renderer = ardoise_model::render;
        case.decide(&bad, Decision::Approve);
        case.generate(Scope::Changes);
        assert_eq!(found(&case, "/a/"), 2);
    }
}
