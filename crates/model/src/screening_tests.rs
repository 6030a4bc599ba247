use pretty_assertions::assert_eq;

use super::*;
use crate::{Article, ArticlePath, Draft, HoldPolicy, Phrases, Status, Thresholds, Timestamp, Verdict, admit};

const NOW: Timestamp = Timestamp(1_000_000);
const KEY: &str = "0123456789abcdef0123456789abcdef";

fn draft(text: &str) -> Draft {
    Draft { article: "/a/".into(), author: "Ada".into(), text: text.into(), ..Draft::default() }
}

fn submission(draft: &Draft) -> Submission {
    Submission::check(draft, &"https://blog.example.org".parse().expect("an origin")).expect("a good draft")
}

/// A submission is accepted unless a check objects.
fn open() -> Policy {
    Policy { hold: HoldPolicy::Suspicious, ..Policy::default() }
}

fn judged(draft: &Draft, facts: &Facts, policy: &Policy, known: &ScreeningState) -> (Status, Option<&'static str>) {
    let Verdict { status, layer } = admit(&submission(draft), facts, policy, known, NOW).expect("taken");
    (status, layer)
}

fn phrases(words: &[&str]) -> Phrases {
    Phrases::read(words.iter().copied()).expect("words")
}

const FINE: (Status, Option<&str>) = (Status::Approved, None);

fn held(layer: &'static str) -> (Status, Option<&'static str>) {
    (Status::Pending, Some(layer))
}

fn spam(layer: &'static str) -> (Status, Option<&'static str>) {
    (Status::Spam, Some(layer))
}

#[test]
fn a_filled_honeypot_is_spam() {
    let trapped = Draft { trap: "x".into(), ..draft("Hello") };
    let judged = |policy: &Policy| judged(&trapped, &Facts::default(), policy, &ScreeningState::default());
    assert_eq!(judged(&open()), spam("honeypot"));
    assert_eq!(judged(&Policy { honeypot: false, ..open() }), FINE);
}

#[test]
fn too_fast_comments_are_held() {
    for (elapsed, least, expected) in [
        ("2", 3, held("time")),
        ("3", 3, FINE),
        ("", 3, FINE),
        ("-1", 3, FINE),
        ("soon", 3, FINE),
        ("0", 0, FINE),
        (" 0 ", 1, held("time")),
    ] {
        let draft = Draft { elapsed: elapsed.into(), ..draft("Hello") };
        let policy = Policy { least_seconds: least, ..open() };
        assert_eq!(judged(&draft, &Facts::default(), &policy, &ScreeningState::default()), expected, "{elapsed:?} of {least}");
    }
}

#[test]
fn addresses_are_counted() {
    for (text, hold, at, expected) in [
        ("see https://a.example/ and http://b.example", 2, 0, held("links")),
        ("see [this](https://a.example/)", 2, 0, FINE),
        ("www.a.example www.b.example http://c.example", 2, 3, spam("links")),
        ("one https://a.example/", 0, 1, spam("links")),
        ("https://a.example/ https://b.example/ https://c.example/", 0, 0, FINE),
        ("h\u{200b}ttps://a.example/ https://b.example/", 2, 0, held("links")),
        ("e.g. this, i.e. that. Version 1.2.3 of main.rs and node.js", 1, 0, FINE),
    ] {
        let policy = Policy { links_hold: hold, links_spam: at, ..open() };
        assert_eq!(judged(&draft(text), &Facts::default(), &policy, &ScreeningState::default()), expected, "{text}");
    }
}

#[test]
fn words_are_found_in_all_that_is_shown() {
    let policy = Policy { words_hold: phrases(&["Casino"]), words_spam: phrases(&["cheap pills"]), ..open() };
    for (text, author, site, expected) in [
        ("A CASINO!", "Ada", "", held("word")),
        ("casinos", "Ada", "", FINE),
        ("Hello", "Royal Casino", "", held("word")),
        ("Hello", "Ada", "https://casino.example/", held("word")),
        ("casino with cheap\npills", "Ada", "", spam("word")),
        ("cаsinо in other letters", "Ada", "", held("word")),
    ] {
        let draft = Draft { author: author.into(), site: site.into(), ..draft(text) };
        assert_eq!(judged(&draft, &Facts::default(), &policy, &ScreeningState::default()), expected, "{text} {author} {site}");
    }
}

#[test]
fn a_word_is_refused_by_name_but_not_to_a_robot() {
    let policy = Policy { words_refuse: phrases(&["damn"]), ..open() };
    let refused = admit(&submission(&draft("Damn it")), &Facts::default(), &policy, &ScreeningState::default(), NOW).expect_err("refused");
    assert_eq!(refused[0].to_string(), "text: has “damn” in it, which is not taken here; say it otherwise");
    let trapped = Draft { trap: "x".into(), ..draft("Damn it") };
    assert_eq!(judged(&trapped, &Facts::default(), &policy, &ScreeningState::default()), spam("honeypot"));
    assert!(Phrases::read(["…"]).is_err());
}

fn of_age(dated_at: Option<i64>, closes_at: Option<i64>) -> Facts {
    let (path, title) = (ArticlePath::from_stored("/a/".into()), String::new());
    let article = Article { path, title, open: true, closes_at: closes_at.map(Timestamp), dated_at: dated_at.map(Timestamp) };
    Facts { article: Some(article), ..Facts::default() }
}

#[test]
fn comments_on_old_articles_are_held() {
    for (dated_at, days, expected) in [
        (Some(NOW.0 - 10 * Timestamp::DAY), 10, held("age")),
        (Some(NOW.0 - 10 * Timestamp::DAY + 1), 10, FINE),
        (Some(NOW.0 - 4000 * Timestamp::DAY), 0, FINE),
        (Some(NOW.0 + Timestamp::DAY), 1, FINE),
        (None, 1, FINE),
        (Some(i64::MIN), u32::MAX, held("age")),
        (Some(i64::MAX), u32::MAX, FINE),
    ] {
        let policy = Policy { article_age_hold: days, ..open() };
        assert_eq!(judged(&draft("Hello"), &of_age(dated_at, None), &policy, &ScreeningState::default()), expected, "{dated_at:?} {days}");
    }
    let policy = Policy { article_age_hold: 1, ..open() };
    assert_eq!(judged(&draft("Hello"), &Facts::default(), &policy, &ScreeningState::default()), FINE, "no catalogue");
}

#[test]
fn articles_close_at_an_age_or_at_their_moment_whichever_is_first() {
    let day = |days: i64| Some(NOW.0 + days * Timestamp::DAY);
    for (dated_at, closes_at, days, refused) in [
        (day(-10), None, 10, Some("this page is more than 10 days old, and takes no new comments any more")),
        (day(-10), None, 11, None),
        (day(-10), None, 0, None),
        (None, None, 1, None),
        (day(-10), day(0), 11, Some("this page takes no new comments")),
        (day(-10), day(1), 10, Some("this page is more than 10 days old, and takes no new comments any more")),
        (day(-10), day(1), 11, None),
    ] {
        let policy = Policy { close_after: days, ..open() };
        let taken = admit(&submission(&draft("Hello")), &of_age(dated_at, closes_at), &policy, &ScreeningState::default(), NOW);
        let said = taken.err().map(|refusals| (refusals[0].rule.name(), refusals[0].rule.to_string()));
        assert_eq!(said, refused.map(|detail| ("closed_article", detail.to_owned())), "{dated_at:?} {closes_at:?} {days}");
    }
}

#[test]
fn duplicates_are_held() {
    for (before, expected) in [
        (None, FINE),
        (Some(Status::Approved), held("duplicate")),
        (Some(Status::Deleted), held("duplicate")),
        (Some(Status::Spam), spam("duplicate")),
    ] {
        let facts = Facts { same_before: before, ..Facts::default() };
        assert_eq!(judged(&draft("Hello"), &facts, &open(), &ScreeningState::default()), expected, "{before:?}");
    }
}

#[test]
fn a_banned_sender_gets_no_error() {
    let facts = Facts { is_banned: true, ..Facts::default() };
    assert_eq!(judged(&draft("Hello"), &facts, &open(), &ScreeningState::default()), spam("ban"));
}

#[test]
fn authors_become_known_by_their_browser() {
    let policy = Policy { hold: HoldPolicy::NewAuthors { trusted_after: 2 }, ..Policy::default() };
    for (approved, expected) in [(0, held("new_author")), (1, held("new_author")), (2, FINE)] {
        let facts = Facts { approved, ..Facts::default() };
        assert_eq!(judged(&draft("Hello"), &facts, &policy, &ScreeningState::default()), expected, "{approved}");
        assert_eq!(judged(&draft("www.a.example www.b.example"), &facts, &policy, &ScreeningState::default()), held("links"), "{approved}");
    }
    let key = |sent: &str| submission(&Draft { key: sent.into(), ..draft("Hello") }).author_key().map(str::to_owned);
    assert!(key(KEY).is_some_and(|hash| !hash.contains(KEY)));
    assert_ne!(key(KEY), key(&KEY.to_uppercase()));
}

#[test]
fn a_proof_counts_once_and_for_its_challenge_only() {
    let policy = Policy { proof_bits: 4, ..open() };
    let known = ScreeningState { challenges: vec!["aa".into(), "bb".into()], ..ScreeningState::default() };
    let worked = |challenge: &str, enough: bool| {
        let drafts = (0..).map(|nonce| Draft { proof: format!("{challenge}.{nonce}"), ..draft("Hello") });
        let mut found = drafts.filter(|draft| submission(draft).proof().is_some_and(|proof| (proof.bits() >= 4) == enough));
        found.next().expect("some work")
    };
    let judged = |draft: &Draft, spent: bool| judged(draft, &Facts { proof_is_spent: spent, ..Facts::default() }, &policy, &known);
    assert_eq!(judged(&worked("aa", true), false), FINE);
    assert_eq!(judged(&worked("bb", true), false), FINE);
    assert_eq!(judged(&worked("aa", true), true), held("proof"));
    assert_eq!(judged(&worked("aa", false), false), held("proof"));
    assert_eq!(judged(&worked("cc", true), false), held("proof"));
    assert_eq!(judged(&draft("Hello"), false), held("proof"));
    assert_eq!(judged(&Draft { text: "Bye".into(), ..worked("aa", true) }, false).1, Some("proof"), "bound to its text");
    assert_eq!(super::proof::check(&case(&Policy { proof_bits: 0, ..open() }, &known)), None);
    assert_eq!(super::proof::check(&case(&policy, &ScreeningState::default())), None, "nothing to work on yet");
}

fn case<'a>(policy: &'a Policy, known: &'a ScreeningState) -> CheckInput<'a> {
    // Leaked: a few bytes in a test.
    let submission = Box::leak(Box::new(submission(&draft("Hello"))));
    CheckInput { submission, facts: Box::leak(Box::new(Facts::default())), policy, known, now: NOW }
}

#[test]
fn the_classifier_applies_from_the_owners_thresholds() {
    let known = ScreeningState { bayes: Some(Arc::new(super::bayes::tests::learnt())), ..ScreeningState::default() };
    let bad = draft("cheap watches here, order cheap watches");
    for (hold_at, spam_at, expected) in [(0.0, 0.0, spam("bayes")), (0.0, 1.1, held("bayes")), (1.1, 1.1, FINE)] {
        let policy = Policy { bayes: Some(Thresholds { hold_at, spam_at }), ..open() };
        assert_eq!(judged(&bad, &Facts::default(), &policy, &known), expected, "{hold_at} {spam_at}");
    }
    assert_eq!(judged(&bad, &Facts::default(), &Policy { bayes: None, ..open() }, &known), FINE);
    assert_eq!(judged(&bad, &Facts::default(), &open(), &ScreeningState::default()), FINE);
}

#[test]
fn the_strongest_objection_is_named() {
    let facts = Facts { same_before: Some(Status::Pending), ..Facts::default() };
    let policy = Policy { links_spam: 3, ..open() };
    assert_eq!(judged(&draft("www.a.example www.b.example"), &facts, &policy, &ScreeningState::default()), held("duplicate"));
    assert_eq!(judged(&draft("www.a.example www.b.example http://c.example"), &facts, &policy, &ScreeningState::default()), spam("links"));
    assert_eq!(check_names().count(), CHECKS.len());
}
