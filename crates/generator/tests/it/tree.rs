//! The published tree, file by file.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::harness::{Case, files};
use ardoise_generator::{DifferenceKind, GeneratorError, Scope, Settings};
use ardoise_model::{Decision, Order};
use pretty_assertions::assert_eq;

fn names(case: &Case) -> Vec<String> {
    files(&case.path("published")).into_keys().filter(|name| ![".gz", ".br"].iter().any(|form| name.ends_with(form))).collect()
}

fn text(case: &Case, file: &str) -> String {
    fs::read_to_string(case.path("published").join(file)).expect("the file is there")
}

#[test]
fn an_approved_comment_is_in_its_files() {
    let case = Case::new();
    let first = case.approved("/2017/été/", "Hello *you*");
    let answer = case.submit("/2017/été/", "And you", Some(&first));
    case.decide(&answer, Decision::Approve);
    case.approved("/old/page.html", "Hm");
    case.submit("/2017/été/", "pending", None);
    let outcome = case.generate(Scope::Changes);
    assert_eq!(names(&case), ["2017/été/index.json", "counts.json", "latest.json", "old/page.json", "recent.json"]);
    assert_eq!(outcome.articles.iter().map(ardoise_model::ArticlePath::as_str).collect::<Vec<_>>(), ["/2017/été/", "/old/page.html"]);
    let epoch = format!("\"epoch\":\"{}\",", case.store.epoch().expect("an epoch"));
    let text = |case: &Case, file: &str| text(case, file).replacen(&epoch, "", 1);
    assert_eq!(text(&case, "counts.json"), r#"{"version":1,"revision":3,"counts":{"/2017/été/":2,"/old/page.html":1}}"#);
    assert_eq!(text(&case, "latest.json"), r#"{"version":1,"revision":3,"since":0,"counts":{"/old/page.html":1,"/2017/été/":2}}"#);
    let expected = format!(
        concat!(
            r#"{{"version":1,"path":"/2017/été/","count":2,"comments":[{{"id":"{}","parent":null,"author":{{"name":"Zoé <b>","site":"https://zoe.example/"}},"#,
            r#""date":"2017-03-12T08:31:00Z","html":"<p>Hello <em>you</em></p>\n"}},{{"id":"{}","parent":"{}","author":{{"name":"Zoé <b>","site":"https://zoe.example/"}},"#,
            r#""date":"2017-03-12T08:33:00Z","html":"<p>And you</p>\n"}}]}}"#
        ),
        first, answer, first
    );
    assert_eq!(text(&case, "2017/été/index.json"), expected);
    assert!(!case.store.has_work().expect("asked"));
}

#[test]
fn nothing_private_is_published() {
    let case = Case::whole(Order::OldestFirst);
    case.approved("/a/", "Hello");
    case.submit("/a/", "pending text", None);
    case.generate(Scope::Full);
    for (name, bytes) in files(&case.path("published")) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("zoe@example.org") && !text.contains("pending text"), "{name}");
    }
}

#[test]
fn files_keep_to_their_schema() {
    let mut case = Case::whole(Order::OldestFirst);
    let id = case.approved("/a/", "Hello");
    let answer = case.submit("/a/", "Yes", Some(&id));
    case.decide(&answer, Decision::Approve);
    for n in 0..50 {
        case.approved("/a/", &format!("Number {n}"));
    }
    case.store.challenges(ardoise_model::Timestamp(0), 1).expect("drawn");
    case.settings = Settings { proof_bits: 16, ..case.settings };
    case.generate(Scope::Full);
    let schema = include_str!("../../../../docs/published-tree.schema.json");
    let schema: serde_json::Value = serde_json::from_str(schema).expect("the schema is JSON");
    let kinds = [
        ("counts.json", "counts"),
        ("latest.json", "latest"),
        ("challenge.json", "challenge"),
        ("a/index.json", "article"),
        ("a/index.2.json", "page"),
        ("recent.json", "recent"),
    ];
    for (file, part) in kinds {
        let mut one = schema.clone();
        one["$ref"] = format!("#/$defs/{part}").into();
        let validator = jsonschema::validator_for(&one).expect("the schema is valid");
        let value: serde_json::Value = serde_json::from_str(&text(&case, file)).expect("JSON");
        let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{file}");
        let mut surplus = value.clone();
        surplus["count"] = "three".into();
        surplus["counts"] = 3.into();
        surplus["comments"] = 3.into();
        surplus["bits"] = "three".into();
        assert!(!validator.is_valid(&surplus), "the schema of {file} refuses something");
    }
}

#[test]
fn an_unchanged_file_is_not_touched() {
    let case = Case::new();
    case.approved("/a/", "Hello");
    let b = case.approved("/b/", "Hello");
    case.generate(Scope::Full);
    let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    let touched = |file: &str| {
        let file = fs::File::open(case.path("published").join(file)).expect("open");
        file.metadata().expect("metadata").modified().expect("mtime") != long_ago
    };
    for file in files(&case.path("published")).into_keys() {
        fs::File::options().append(true).open(case.path("published").join(file)).and_then(|f| f.set_modified(long_ago)).expect("set");
    }
    case.generate(Scope::Full);
    assert!(files(&case.path("published")).keys().all(|file| !touched(file)));
    case.decide(&b, Decision::Delete);
    case.decide(&b, Decision::Approve);
    case.generate(Scope::Changes);
    let same = |file: &str| file.ends_with("index.json") || file.starts_with("recent");
    assert!(files(&case.path("published")).keys().all(|file| !(same(file) && touched(file))), "down and up again is no change");
    case.approved("/b/", "More");
    case.generate(Scope::Changes);
    assert!(touched("b/index.json") && touched("b/index.json.gz") && touched("b/index.json.br") && touched("counts.json"));
    assert!(!touched("a/index.json"));
}

#[cfg(unix)]
#[test]
fn a_tree_may_be_reached_by_a_link() {
    let case = Case::new();
    fs::create_dir(case.path("elsewhere")).expect("made");
    std::os::unix::fs::symlink(case.path("elsewhere"), case.path("published")).expect("linked");
    case.approved("/a/", "Hello");
    case.generate(Scope::Changes);
    assert!(case.path("elsewhere/a/index.json").exists());
    assert_eq!(case.differences(), []);
    assert!(!case.is_held("published"));
}

/// nginx and Caddy compute an `ETag` from the length and the modification time in whole seconds, and rsync compares only these.
#[test]
fn a_file_that_changed_has_another_length_or_another_second() {
    let case = Case::new();
    let stamp = |file: &str| {
        let metadata = fs::metadata(case.path("published").join(file)).expect("there");
        let since = metadata.modified().expect("mtime").duration_since(std::time::SystemTime::UNIX_EPOCH).expect("after 1970");
        (metadata.len(), since.as_secs())
    };
    let mut stamps = Vec::new();
    for _ in 0..5 {
        case.approved("/a/", "Hello");
        case.generate(Scope::Changes);
        stamps.push(["latest.json", "latest.json.gz", "latest.json.br"].map(stamp));
    }
    for pair in stamps.windows(2) {
        // Independent of the length, which may equal that of the version before last.
        assert!(pair[0].iter().zip(&pair[1]).all(|(old, new)| old.1 < new.1), "{stamps:?}");
    }
    assert!(stamps[0][0].0 == stamps[4][0].0 && stamps[0][0] != stamps[4][0], "they differ in their time alone");
}

#[test]
fn the_last_comment_takes_its_file_and_folder_along() {
    let case = Case::new();
    let id = case.approved("/2017/03/a/", "Hello");
    case.approved("/2017/", "Hello");
    case.generate(Scope::Changes);
    case.decide(&id, Decision::Spam);
    case.generate(Scope::Changes);
    assert_eq!(names(&case), ["2017/index.json", "counts.json", "latest.json", "recent.json"]);
    assert!(!case.path("published/2017/03").exists());
}

#[test]
fn foreign_changes_are_found_and_corrected() {
    let case = Case::new();
    case.approved("/a/", "Hello");
    case.approved("/b/", "Hello");
    case.generate(Scope::Full);
    let good = files(&case.path("published"));
    fs::write(case.path("published/a/index.json"), "{").expect("written");
    fs::remove_file(case.path("published/b/index.json.br")).expect("removed");
    fs::create_dir_all(case.path("published/c/d")).expect("made");
    fs::write(case.path("published/c/d/index.json"), "{}").expect("written");
    let temporary_files = fs::File::create(case.path("published/c/.ardoise-x.tmp")).expect("made");
    temporary_files.set_modified(std::time::UNIX_EPOCH).expect("set");
    fs::write(case.path("published/robots.txt"), "kept").expect("written");

    let found = case.differences();
    let found: Vec<_> = found.iter().map(|difference| (difference.file.as_str(), difference.kind)).collect();
    assert_eq!(
        found,
        [
            ("a/index.json", DifferenceKind::Different),
            ("b/index.json.br", DifferenceKind::Missing),
            ("c/.ardoise-x.tmp", DifferenceKind::Surplus),
            ("c/d/index.json", DifferenceKind::Surplus)
        ]
    );
    assert!(case.path("published/c/d/index.json").exists(), "a check changes nothing");

    case.generate(Scope::Full);
    let mut mended = files(&case.path("published"));
    assert_eq!(mended.remove("robots.txt"), Some(b"kept".to_vec()), "a file of another kind is somebody's");
    assert_eq!(mended, good);
    assert!(!case.path("published/c").exists());
    assert_eq!(case.differences(), []);
}

#[cfg(unix)]
#[test]
fn nothing_in_the_way_holds_up_the_others_or_leads_out_of_the_tree() {
    let case = Case::new();
    for article in ["/c/", "/f/"] {
        case.approved(article, "Hello");
    }
    let d = case.approved("/d/e/", "Hello");
    let published = |name: &str| case.path("published").join(name);
    case.generate(Scope::Full);
    let good = files(&case.path("published"));
    fs::remove_file(published("c/index.json")).expect("removed");
    fs::create_dir_all(published("c/index.json/deep")).expect("made");
    fs::create_dir(case.path("outside")).expect("made");
    fs::remove_dir_all(published("d")).expect("removed");
    std::os::unix::fs::symlink(case.path("outside"), published("d")).expect("linked");
    assert_eq!(case.differences().len(), 4);
    case.generate(Scope::Full);
    assert_eq!(files(&case.path("published")), good);
    assert_eq!(files(&case.path("outside")).len(), 0, "nothing was written through the link");

    fs::remove_dir_all(published("d")).expect("removed");
    fs::create_dir_all(case.path("outside/e")).expect("made");
    fs::write(case.path("outside/e/index.json"), "somebody's").expect("written");
    std::os::unix::fs::symlink(case.path("outside"), published("d")).expect("linked");
    case.decide(&d, Decision::Delete);
    case.generate(Scope::Changes);
    assert_eq!(files(&case.path("outside")).len(), 1, "nothing was removed through the link");
}

#[test]
fn foreign_files_that_block_the_tree_are_named_and_left_unchanged() {
    let case = Case::new();
    for article in ["/a/b/", "/c/", "/f/"] {
        case.approved(article, "Hello");
    }
    let published = |name: &str| case.path("published").join(name);
    fs::create_dir_all(published("c/index.json/deep")).expect("made");
    fs::write(published(".ardoise"), "").expect("written");
    fs::write(published("a"), "a file where a folder has to be").expect("written");
    fs::write(published("c/index.json/deep/novel.txt"), "a folder where a file has to be").expect("written");
    let error = case.generator("published").run(Scope::Full, &|_, _| {}).expect_err("two are in the way").to_string();
    assert!(error.contains("published/a is not a file that Ardoise wrote"), "{error}");
    assert!(published("a").is_file() && published("c/index.json/deep/novel.txt").exists());
    assert!(published("f/index.json").exists(), "the others are published");
    fs::rename(published("a"), case.path("a")).expect("moved away");
    fs::rename(published("c/index.json"), case.path("c")).expect("moved away");
    case.generate(Scope::Full);
    assert_eq!(case.differences(), []);
}

/// A symbolic link that can be neither read nor followed, even by root, and below which no file can be created.
#[cfg(unix)]
const IN_THE_WAY: [fn(&Path); 2] = [
    |file| std::os::unix::fs::symlink("index.json", file).expect("linked"),
    |file| {
        fs::create_dir(file).expect("made");
        fs::write(file.join("novel.txt"), "somebody's").expect("written");
    },
];

#[cfg(unix)]
#[test]
fn an_article_that_cannot_be_written_blocks_no_other() {
    for put_in_the_way in IN_THE_WAY {
        let case = Case::new();
        let b = case.approved("/b/", "To be taken down");
        case.approved("/a/", "Hello");
        case.generate(Scope::Full);
        fs::remove_file(case.path("published/a/index.json")).expect("removed");
        put_in_the_way(&case.path("published/a/index.json"));
        case.approved("/a/", "More");
        case.decide(&b, Decision::Reject);
        case.approved("/c/", "To be shown");
        case.generator("published").run(Scope::Changes, &|_, _| {}).expect_err("one cannot be written");
        let recent = text(&case, "recent.json");
        assert!(!case.path("published/b").exists() && !recent.contains("To be taken down"));
        assert!(case.path("published/c/index.json").exists() && recent.contains("To be shown"));
        assert_eq!(case.work().len(), 1, "it is tried again");
        fs::rename(case.path("published/a/index.json"), case.path("away")).expect("moved away");
        case.generate(Scope::Changes);
        assert_eq!(case.differences(), []);
    }
}

#[test]
fn a_folder_with_foreign_files_is_left_unchanged() {
    let case = Case::new();
    case.approved("/a/", "Hello");
    fs::create_dir(case.path("home")).expect("made");
    fs::write(case.path("home/thesis.json"), "years of work").expect("written");
    let error = case.generator("home").run(Scope::Full, &|_, _| {}).expect_err("refused");
    assert!(matches!(error, GeneratorError::NotOurs(_)), "{error}");
    assert_eq!(files(&case.path("home")).len(), 1);
}

#[cfg(unix)]
#[test]
fn the_web_server_may_read_what_is_written() {
    use std::os::unix::fs::PermissionsExt;
    let case = Case::new();
    case.approved("/a/", "Hello");
    case.generate(Scope::Full);
    let mode = |file: &str| fs::metadata(case.path("published").join(file)).expect("metadata").permissions().mode() & 0o777;
    // The mode of an ordinary file of this process, whatever the umask.
    fs::write(case.path("ordinary"), "").expect("written");
    let ordinary = fs::metadata(case.path("ordinary")).expect("metadata").permissions().mode() & 0o777;
    assert_eq!((mode("a/index.json"), mode("counts.json.gz")), (ordinary, ordinary));
}

#[test]
fn many_generators_at_once_take_turns() {
    let case = Case::new();
    for n in 0..30 {
        case.approved(&format!("/{}/", n % 7), "Hello");
    }
    let at_work = AtomicUsize::new(0);
    let alone = |_: usize, _: usize| {
        assert_eq!(at_work.fetch_add(1, Ordering::SeqCst), 0, "another generator is at work");
        // Gives another process time to start.
        std::thread::sleep(std::time::Duration::from_millis(2));
        at_work.fetch_sub(1, Ordering::SeqCst);
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let generator = case.generator("published");
            scope.spawn(move || {
                for _ in 0..5 {
                    generator.run(Scope::Full, &alone).expect("generated");
                }
            });
        }
    });
    let outcome = case.generator("fresh").run(Scope::Full, &|_, _| {}).expect("generated");
    assert_eq!(outcome.articles.len(), 7);
    assert_eq!(files(&case.path("published")), files(&case.path("fresh")));
}

#[test]
fn the_small_file_holds_what_changed_last_and_says_since_when() {
    let case = Case::new();
    for n in 0..140 {
        case.approved(&format!("/{n}/"), "Hello");
    }
    case.approved("/7/", "More");
    case.generate(Scope::Full);
    let latest = || -> serde_json::Value { serde_json::from_str(&text(&case, "latest.json")).expect("JSON") };
    assert_eq!(latest()["counts"].as_object().expect("counts").len(), 128);
    assert_eq!((&latest()["counts"]["/7/"], &latest()["counts"]["/12/"]), (&2.into(), &serde_json::Value::Null));
    // 141 changes. The last one was to /7/. The 127 articles before it go back to the change that created /13/.
    assert_eq!((&latest()["revision"], &latest()["since"]), (&141.into(), &13.into()));
    let long = "x".repeat(180);
    for n in 0..40 {
        case.approved(&format!("/{n}/{long}/"), "Hello");
    }
    case.generate(Scope::Changes);
    let size = fs::metadata(case.path("published/latest.json")).expect("there").len();
    assert!(size < 5000, "{size} bytes: it stays small whatever the paths");
    let (since, held) = (latest()["since"].as_u64().expect("a number"), latest()["counts"].as_object().expect("counts").len() as u64);
    assert_eq!((&latest()["revision"], since + held), (&181.into(), 181), "each held one was changed once");
}

/// The other generator may begin between two steps of this one.
#[test]
fn a_new_folder_is_claimed_by_concurrent_processes() {
    let case = Case::new();
    for round in 0..300 {
        let folder = case.path(&format!("new-{round}"));
        let begin = std::sync::Barrier::new(6);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    begin.wait();
                    ardoise_generator::create_tree(&folder).expect("claimed");
                });
            }
        });
    }
}
