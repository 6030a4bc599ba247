//! `ardoise moderate`, with keys that come through a pipe.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::harness::{Site, wait_for};

/// A comment for each text, oldest first; their ids.
fn site(texts: &[&str]) -> (Site, Vec<String>) {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let ids = texts.iter().map(|text| service.submit("/a/", text)).collect();
    (site, ids)
}

fn status(site: &Site, id: &str) -> String {
    site.json(&["show", id, "--json"])["status"].as_str().expect("a status").to_owned()
}

#[test]
fn a_key_decides_and_shows_the_next_one() {
    let (site, ids) = site(&["One", "Two", "Three", "Four", "Five"]);
    let (fine, said) = site.answering(&["moderate"], "a\nr\ns\nd\nq\n");
    assert!(fine, "{said}");
    assert_eq!(ids.iter().map(|id| status(&site, id)).collect::<Vec<_>>(), ["approved", "rejected", "spam", "deleted", "pending"]);
    assert!(said.contains("5 wait.") && said.contains("On About /a/") && said.contains("\n  One\n") && said.contains("By Ada"), "{said}");
    assert!(said.ends_with("4 decided. 1 still waits.\n"), "{said}");
    assert_eq!(site.json(&["show", &ids[0], "--json"])["decisions"][0]["by"], "command line");
    // What is passed over waits, and the end of the input ends it.
    let (_, said) = site.answering(&["moderate"], "?\nn\n");
    assert!(said.contains("b ban its sender") && said.ends_with("0 decided. 1 still waits.\n"), "{said}");
    let (_, said) = site.answering(&["moderate"], "");
    assert!(said.contains("\n  Five\n"), "{said}");
    let (_, said) = site.answering(&["moderate"], "A\n");
    assert!(said.ends_with("1 decided. Nothing waits.\n"), "{said}");
}

#[test]
fn what_was_done_is_taken_back() {
    let (site, ids) = site(&["One", "Two"]);
    site.sql("UPDATE comments SET author_key = 'k'");
    let (_, said) = site.answering(&["moderate"], "u\na\nb\nu\nu\nq\n");
    assert!(said.contains("There is nothing to take back.") && said.contains("Its sender is banned"), "{said}");
    assert!(said.contains(&format!("{} is as it was.", ids[1])) && said.ends_with("0 decided. 2 still wait.\n"), "{said}");
    assert_eq!(ids.iter().map(|id| status(&site, id)).collect::<Vec<_>>(), ["pending", "pending"]);
    let banned = |id: &str| site.json(&["person", "export", "--comment", id])["comments"][0]["banned"].clone();
    assert_eq!(banned(&ids[0]), false);
    site.answering(&["moderate"], "b\nq\n");
    assert_eq!((banned(&ids[0]), status(&site, &ids[0])), (json!(true), "spam".to_owned()));
}

#[test]
fn a_comment_is_edited_in_the_users_editor() {
    let (site, ids) = site(&["Helo there"]);
    let (_, said) = site.answering_with(&["moderate"], "e\na\n", "sed -i s/Helo/Hello/");
    assert!(said.contains("\n  Helo there\n") && said.contains("\n  Hello there\n"), "{said}");
    let shown = site.json(&["show", &ids[0], "--json"]);
    assert_eq!((&shown["text"], &shown["status"]), (&json!("Hello there"), &json!("approved")));
    let service = site.serve();
    wait_for("it to be published", || site.count("/a/") == 1);
    let second = service.submit("/a/", "Fine");
    for (editor, said_of_it) in [
        ("false", "the editor \"false\" ended with"),
        ("no-such-editor", "name another one in EDITOR"),
        ("truncate -s0", "must be filled in"),
        ("true", "Nothing was changed."),
    ] {
        let (_, said) = site.answering_with(&["moderate"], "e\nq\n", editor);
        assert!(said.contains(said_of_it) && said.contains("Nothing was changed"), "{editor}: {said}");
    }
    assert_eq!(site.json(&["show", &second, "--json"])["text"], "Fine");
    let (_, said) = site.answering_with(&["moderate"], "e\nu\nq\n", "sed -i s/Fine/Foul/");
    assert!(said.contains("\n  Foul\n"), "{said}");
    assert_eq!(site.json(&["show", &second, "--json"])["text"], "Fine", "taken back");
}

#[test]
fn a_stranger_does_not_command_the_terminal() {
    let (site, ids) = site(&["Hello"]);
    // No request brings this in; an import might, or an older version.
    let escape = if site.database.is_some() { "E'\\x1b'" } else { "char(27)" };
    let control = if site.database.is_some() { "U&'\\009b'" } else { "char(155)" };
    site.sql(&format!(
        "UPDATE comments SET text = {escape} || '[2Jtext' || {control} || '31m', author = 'A' || {escape} || ']0;owned', site = 'https://a.example/' || {escape} || 'c';
         UPDATE articles SET title = 'T' || {escape} || '[8m' WHERE path = '/a/';"
    ));
    let (_, moderated) = site.answering(&["moderate"], "q\n");
    let id = ids[0].as_str();
    let said = [
        moderated,
        site.ardoise(&["show", id]),
        site.ardoise(&["pending"]),
        site.ardoise(&["catalogue"]),
        site.ardoise(&["show", id, "--json"]),
        site.ardoise(&["person", "export", "--comment", id]),
    ];
    for said in &said {
        assert!(said.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()), "{said:?}");
    }
    assert!(said[0].contains("\\u{1b}[2Jtext\\u{9b}31m") && said[0].contains("A\\u{1b}]0;owned"), "{}", said[0]);
    assert_eq!(site.json(&["show", id, "--json"])["text"], "\u{1b}[2Jtext\u{9b}31m", "a program gets what is there");
}
