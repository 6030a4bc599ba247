use std::fs;

use ardoise_generator::{Catalogue, Drafts, GeneratorError, StopSignal};
use ardoise_model::ArticlePath;
use ardoise_store::{Departures, Store};
use pretty_assertions::assert_eq;

use super::harness::{Case, wait_for};

fn page(case: &Case, file: &str, path: &str, title: &str) {
    let file = case.path(file);
    fs::create_dir_all(file.parent().expect("a parent")).expect("made");
    fs::write(file, format!(r#"<h1>{title}</h1><section data-ardoise-article="{path}" data-ardoise-title="{title}"></section>"#))
        .expect("written");
}

fn catalogue(case: &Case) -> Catalogue {
    Catalogue::new(case.store.clone(), case.path("public"), "https://blog.example.org".parse().expect("an origin"))
}

fn paths(case: &Case) -> Vec<String> {
    case.store.catalogue().expect("catalogue").into_iter().map(|row| row.entry.article.path.as_str().to_owned()).collect()
}

fn takes_comments(case: &Case, path: &str) -> bool {
    case.store.facts(&ArticlePath::from_stored(path.into()), None).expect("facts").article.is_some()
}

#[test]
fn a_walk_finds_the_marks_and_names_the_bad_ones() {
    let case = Case::new();
    page(&case, "public/a/index.html", "/a/", "A &amp; b");
    page(&case, "public/b.html", "/b.html", "B");
    page(&case, "public/c/index.html", "https://blog.example.org/c/", "C");
    page(&case, "public/copy/index.html", "/a/", "Copy");
    page(&case, "public/evil/index.html", "https://other.example/x/", "X");
    page(&case, "public/notes.txt", "/notes/", "no page");
    fs::write(case.path("public/index.html"), "<h1>no mark</h1>").expect("written");
    let report = catalogue(&case).refresh(Departures::Apply).expect("walked");
    assert_eq!((report.articles, report.pages), (3, 6));
    assert_eq!(
        report.problems,
        [
            "c/index.html: data-ardoise-article=\"https://blog.example.org/c/\" should be written as \"/c/\", or the script will not find its comments",
            "copy/index.html: its mark names /a/, and so does a/index.html; the latter is taken",
            "evil/index.html: data-ardoise-article=\"https://other.example/x/\": https://other.example is not a page of this site",
        ]
    );
    assert_eq!(paths(&case), ["/a/", "/b.html", "/c/"]);
    assert_eq!(case.store.catalogue().expect("catalogue")[0].entry.article.title, "A & b");
}

#[test]
fn the_page_where_the_path_points_wins_over_copies_of_it() {
    let case = Case::new();
    // These pages come first: an AMP version, a print version, and a home page with the mark of its first article.
    page(&case, "public/_print/posts/a/index.html", "/blog/posts/a/", "Paper");
    page(&case, "public/amp/posts/a/index.html", "/blog/posts/a/", "AMP");
    page(&case, "public/index.html", "/blog/posts/a/", "Home");
    page(&case, "public/posts/a/index.html", "/blog/posts/a/", "A");
    page(&case, "public/posts/été/index.html", "/blog/posts/%C3%A9t%C3%A9/", "Été");
    let report = catalogue(&case).refresh(Departures::Apply).expect("walked");
    let rows = case.store.catalogue().expect("rows").into_iter();
    let pages: Vec<_> = rows.map(|row| (row.entry.article.title, row.entry.page)).collect();
    let expected = [("A", "posts/a/index.html"), ("Été", "posts/été/index.html")];
    assert_eq!(pages, expected.map(|(title, page)| (title.to_owned(), page.to_owned())));
    assert_eq!(report.problems.len(), 3, "a mark too many is said, for whoever wrote the template");
}

#[test]
fn drafts_are_articles_where_their_author_tries_them_out_alone() {
    let case = Case::new();
    let write = |name: &str, more: &str| {
        let file = case.path(&format!("public/{name}/index.html"));
        fs::create_dir_all(file.parent().expect("a parent")).expect("made");
        fs::write(file, format!("<html lang=fr><p data-ardoise-article=/{name}/ {more}>")).expect("written");
    };
    write("a", "data-ardoise-lang=pt-BR");
    write("b", "data-ardoise-draft");
    write("c", "");
    let report = catalogue(&case).refresh(Departures::Apply).expect("walked");
    assert_eq!(paths(&case), ["/a/", "/c/"]);
    assert_eq!(report.languages.values().collect::<Vec<_>>(), ["pt-BR", "fr"]);
    catalogue(&case).with_drafts(Drafts::Take).refresh(Departures::Apply).expect("walked");
    assert_eq!(paths(&case), ["/a/", "/b/", "/c/"]);
}

#[test]
fn names_with_signs_that_end_a_path_are_no_article_together() {
    let case = Case::new();
    page(&case, "public/posts/c#_x/index.html", "/posts/c#_x/", "X");
    page(&case, "public/posts/c#_y/index.html", "/posts/c#_y/", "Y");
    page(&case, "public/posts/why?/index.html", "/posts/why?/", "Why");
    page(&case, "public/posts/d#/index.html", "/posts/d%23/", "D");
    let report = catalogue(&case).refresh(Departures::Apply).expect("walked");
    assert_eq!(paths(&case), ["/posts/d#/"]);
    assert_eq!(
        report.problems,
        [
            r#"posts/c#_x/index.html: data-ardoise-article="/posts/c#_x/": the path ends before # and ?; write them as %23 and %3F: "/posts/c%23_x/""#,
            r#"posts/c#_y/index.html: data-ardoise-article="/posts/c#_y/": the path ends before # and ?; write them as %23 and %3F: "/posts/c%23_y/""#,
            r#"posts/why?/index.html: data-ardoise-article="/posts/why?/": the path ends before # and ?; write them as %23 and %3F: "/posts/why%3F/""#,
        ]
    );
}

#[test]
fn a_site_that_is_not_there_changes_nothing() {
    let case = Case::new();
    page(&case, "public/a/index.html", "/a/", "A");
    catalogue(&case).refresh(Departures::Apply).expect("walked");
    fs::remove_dir_all(case.path("public")).expect("removed");
    let error = catalogue(&case).refresh(Departures::Apply).expect_err("no folder");
    assert!(error.to_string().contains("public"), "{error}");
    fs::create_dir(case.path("public")).expect("made");
    assert!(matches!(catalogue(&case).refresh(Departures::Apply), Err(GeneratorError::NoPages(_))));
    assert_eq!(paths(&case), ["/a/"]);
}

#[test]
fn an_older_build_takes_nothing_away_from_a_newer_one() {
    let case = Case::new();
    page(&case, "public/a/index.html", "/a/", "A");
    page(&case, "public/old/index.html", "/old/", "Old");
    page(&case, "newer/a/index.html", "/a/", "A, renamed");
    page(&case, "newer/new/index.html", "/new/", "New");
    // Two processes. Each refreshes once before it watches.
    let older = catalogue(&case);
    let other = Store::open(&case.url).expect("another process");
    let newer = Catalogue::new(other, case.path("newer"), "https://blog.example.org".parse().expect("an origin"));
    older.refresh(Departures::Postpone).expect("read");
    for _ in 0..3 {
        for process in [&newer, &older] {
            process.refresh(Departures::Apply).expect("read");
            assert!(["/a/", "/old/", "/new/"].iter().all(|path| takes_comments(&case, path)), "both builds are served");
            assert_eq!(case.store.catalogue().expect("rows")[0].entry.article.title, "A", "one process says what has changed");
        }
    }
    // It does not remove its own articles either while the other process has the lease.
    page(&case, "newer/old/index.html", "/old/", "Old");
    newer.refresh(Departures::Apply).expect("read");
    fs::remove_dir_all(case.path("newer/old")).expect("removed");
    newer.refresh(Departures::Apply).expect("read");
    assert!(takes_comments(&case, "/old/"));
    // The articles that the first process removed itself are gone.
    fs::remove_dir_all(case.path("public/old")).expect("removed");
    older.refresh(Departures::Apply).expect("read");
    assert!(!takes_comments(&case, "/old/") && takes_comments(&case, "/new/"));
    // The first process ends, and the other one takes the lease.
    drop(older);
    newer.refresh(Departures::Apply).expect("read");
    assert_eq!(paths(&case), ["/a/", "/new/"]);
    assert_eq!(case.store.catalogue().expect("rows")[0].entry.article.title, "A, renamed");
}

#[cfg(unix)]
#[test]
fn a_page_is_read_again_though_its_length_and_time_are_as_before() {
    let case = Case::new();
    let catalogue = catalogue(&case);
    let titles = || -> Vec<_> {
        catalogue.refresh(Departures::Apply).expect("read");
        case.store.catalogue().expect("rows").into_iter().map(|row| row.entry.article.title).collect()
    };
    page(&case, "public/a/index.html", "/a/", "Old");
    page(&case, "public/b/index.html", "/b/", "B");
    assert_eq!(titles(), ["Old", "B"]);
    let file = case.path("public/a/index.html");
    let time = fs::metadata(&file).and_then(|metadata| metadata.modified()).expect("a time");
    page(&case, "public/a/index.html", "/a/", "New");
    fs::File::options().append(true).open(&file).and_then(|file| file.set_modified(time)).expect("set");
    assert_eq!(titles(), ["New", "B"]);
    fs::remove_dir_all(case.path("public/b")).expect("removed");
    assert_eq!(titles(), ["New"], "what is gone is forgotten");
    page(&case, "public/b/index.html", "/b/", "B");
    assert_eq!(titles(), ["New", "B"]);
}

#[test]
fn the_watch_follows_saves_renames_and_whole_rebuilds() {
    let case = Case::new();
    page(&case, "public/a/index.html", "/a/", "A");
    let stop = StopSignal::default();
    std::thread::scope(|scope| {
        let (catalogue, watch) = (catalogue(&case), stop.clone());
        let stop_at_end = StopAtEnd(&stop);
        scope.spawn(move || catalogue.watch(&watch));
        wait_for("the first walk", || paths(&case) == ["/a/"]);

        page(&case, "public/b/index.html", "/b/", "B");
        wait_for("a new page in a new folder", || paths(&case) == ["/a/", "/b/"]);

        for n in 0..3 {
            // Many editors and site generators save like this: a new file is renamed over the old one.
            page(&case, "public/a/.index.html.new", "/a/", &format!("Saved {n}"));
            fs::rename(case.path("public/a/.index.html.new"), case.path("public/a/index.html")).expect("renamed");
            wait_for("a page saved by rename", || case.store.catalogue().expect("rows")[0].entry.article.title == format!("Saved {n}"));
        }

        fs::remove_dir_all(case.path("public/b")).expect("removed");
        wait_for("a page that is gone", || paths(&case) == ["/a/"]);

        for n in 0..3 {
            fs::remove_dir_all(case.path("public")).expect("removed");
            page(&case, &format!("public/{n}/index.html"), &format!("/{n}/"), "New");
            page(&case, "public/a/index.html", "/a/", "A");
            wait_for("the whole site built anew", || paths(&case) == [format!("/{n}/"), "/a/".to_owned()]);
        }

        page(&case, "next/c/index.html", "/c/", "C");
        page(&case, "next/a/index.html", "/a/", "A");
        fs::rename(case.path("public"), case.path("old")).expect("renamed");
        assert!(takes_comments(&case, "/a/"), "between two builds, articles stay open");
        fs::rename(case.path("next"), case.path("public")).expect("renamed");
        wait_for("a site put in place by rename", || paths(&case) == ["/a/", "/c/"]);
        drop(stop_at_end);
    });
}

/// Stops the watch even if an assertion fails, because the scope joins its thread.
struct StopAtEnd<'a>(&'a StopSignal);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.set();
    }
}
