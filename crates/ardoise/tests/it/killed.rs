//! `kill -9` of `serve` at random moments under load: no acknowledged comment is lost, no reader ever sees half a file.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ardoise_model::CommentId;
use serde_json::{Value, json};

use super::harness::{Running, Site};

const ROUNDS: u64 = 50;
const ARTICLES: [&str; 3] = ["/a/", "/b/", "/été/"];

/// What clients were promised.
#[derive(Default)]
struct Promised {
    acknowledged: Mutex<BTreeSet<String>>,
    approved: Mutex<BTreeSet<String>>,
}

#[test]
fn nothing_acknowledged_is_lost_and_no_file_is_torn() {
    let site = Site::new(&ARTICLES);
    let promised = Promised::default();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| read_all_the_time(&site, &over));
        let _ends = Ends(&over);
        for round in 0..ROUNDS {
            one_life(&site, &promised, round);
        }
        over.store(true, Ordering::Relaxed);
        let seen = reader.join().expect("no torn file");
        assert!(seen > ROUNDS, "the reader saw {seen} whole files");
    });
    let acknowledged = promised.acknowledged.into_inner().expect("no panic");
    let approved = promised.approved.into_inner().expect("no panic");
    assert!(acknowledged.len() as u64 > ROUNDS && !approved.is_empty(), "there was load: {} {}", acknowledged.len(), approved.len());
    let kept = ids(&site, "pending").into_iter().chain(ids(&site, "approved")).collect::<BTreeSet<_>>();
    assert_eq!(acknowledged.difference(&kept).collect::<Vec<_>>(), Vec::<&String>::new(), "acknowledged and lost");

    // The next run updates the tree from the database without further options.
    site.ardoise(&["generate"]);
    only_left_overs(&site);
    site.ardoise(&["generate", "--full"]);
    assert_eq!(site.ardoise(&["generate", "--check"]), "");
    let published: BTreeSet<String> = ARTICLES.iter().flat_map(|article| published(&site, article)).collect();
    assert_eq!(published, ids(&site, "approved"));
    assert!(approved.is_subset(&published));
    println!("{} acknowledged, {} approved, {ROUNDS} kills", acknowledged.len(), approved.len());
}

/// Starts, takes writes from two sides, and is killed at a random moment.
fn one_life(site: &Site, promised: &Promised, round: u64) {
    let mut service = site.serve();
    let moment = Duration::from_millis(20 + (round * 7919) % 180);
    let acknowledged = || promised.acknowledged.lock().expect("no panic").len();
    let before = acknowledged();
    std::thread::scope(|scope| {
        for writer in 0..2 {
            let (agent, url) = (service.agent.clone(), format!("{}/comments", service.url));
            scope.spawn(move || {
                for n in 0.. {
                    let article = ARTICLES[(n + writer) % ARTICLES.len()];
                    let body = json!({ "article": article, "author": "Ada", "text": format!("round {round}, writer {writer}, {n}") });
                    // No answer: nothing was promised.
                    let Ok(mut answer) = agent.post(&url).content_type("application/json").send(body.to_string()) else { break };
                    let Ok(text) = answer.body_mut().read_to_string() else { break };
                    if answer.status().as_u16() == 202 {
                        let receipt: Value = serde_json::from_str(&text).expect("JSON");
                        promised.acknowledged.lock().expect("no panic").insert(receipt["id"].as_str().expect("an id").to_owned());
                    }
                }
            });
        }
        scope.spawn(|| approve_some(site, promised));
        // Every third life may end before it has taken anything in; on a busy machine the others would too. A panic here would leave
        // the writers at work for ever, so that there was load is asserted at the end.
        let begun = Instant::now();
        while !round.is_multiple_of(3) && acknowledged() < before + 2 && begun.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(moment);
        kill(&mut service);
    });
}

fn approve_some(site: &Site, promised: &Promised) {
    let pending: Vec<String> = ids(site, "pending").into_iter().take(3).collect();
    if !pending.is_empty() {
        let arguments: Vec<&str> = std::iter::once("approve").chain(pending.iter().map(String::as_str)).collect();
        site.ardoise(&arguments);
        promised.approved.lock().expect("no panic").extend(pending);
    }
}

fn kill(service: &mut Running) {
    // SIGKILL, on Unix.
    service.child.kill().expect("killed");
    service.child.wait().expect("it is gone");
}

fn ids(site: &Site, status: &str) -> BTreeSet<String> {
    let listed = site.json(&["pending", "--status", status, "--json"]);
    listed.as_array().expect("a list").iter().map(|comment| comment["id"].as_str().expect("an id").to_owned()).collect()
}

fn file_of(article: &str) -> String {
    format!("{}/index.json", article.trim_matches('/'))
}

fn published(site: &Site, article: &str) -> Vec<String> {
    let first = site.read(&file_of(article));
    let further = (2..).map_while(|page| site.read(&file_of(article).replace(".json", &format!(".{page}.json"))));
    let id = |comment: &Value| comment["id"].as_str().expect("an id").to_owned();
    first
        .into_iter()
        .chain(further)
        .flat_map(|file| file["comments"].as_array().expect("comments").iter().map(id).collect::<Vec<_>>())
        .collect()
}

/// A reader who fetches every file all the time; a file that is not whole makes it panic. Says how many it saw.
fn read_all_the_time(site: &Site, over: &AtomicBool) -> u64 {
    let mut seen = 0;
    while !over.load(Ordering::Relaxed) {
        for article in ARTICLES {
            if let Some(file) = site.read(&file_of(article)) {
                // What does not fit on the first page is in other files.
                let on_page = file["count"].as_u64().map(|count| count.min(50));
                assert_eq!(on_page, file["comments"].as_array().map(|comments| comments.len() as u64), "{article} is whole");
                let well_formed = |comment: &Value| comment["id"].as_str().is_some_and(|id| id.parse::<CommentId>().is_ok());
                assert!(file["comments"].as_array().is_some_and(|comments| comments.iter().all(well_formed)));
                seen += 1;
            }
        }
        seen += u64::from(site.read("counts.json").is_some()) + u64::from(site.read("recent.json").is_some());
    }
    seen
}

/// An incremental run does not look for temporary files of generators that were killed; a full one, as at each start of `serve`, does.
fn only_left_overs(site: &Site) {
    let listed = site.try_ardoise(&["generate", "--check"]);
    let listed = String::from_utf8(listed.stdout).expect("UTF-8");
    assert!(
        listed.lines().all(|line| line.starts_with("surplus\t") && line.contains("/.ardoise-") || line.starts_with("surplus\t.ardoise-")),
        "{listed}"
    );
}

/// Ends the reader also when an assertion fails, for the scope waits for it.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
