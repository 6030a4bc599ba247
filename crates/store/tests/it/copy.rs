use ardoise_model::{Actor, Decision, SenderHashes, Status, Timestamp};
use ardoise_store::{CopyReport, Departures, Store, StoreError, copy};
use pretty_assertions::assert_eq;

use crate::harness::{Case, entry, path};

/// Fills a database with rows of every kind.
fn fill(case: &Case) {
    case.store.sync_catalogue(&[entry("/été/", "Summer"), entry("/b/", "B")], Departures::Apply).expect("synced");
    let first = case.approved("/été/", "One");
    let answer = case.submit("/été/", "Two", Some(&first));
    case.decide(&answer, Decision::Approve);
    case.decide(&first, Decision::Delete);
    case.finish();
    case.approved("/elsewhere/", "with a row of work 🖋");
    let sender = SenderHashes { network: Some("n".into()), author_key: Some("k".into()) };
    let known = case.submit_from(&sender, "From a known sender");
    case.store.edit(&known, "From a known sender", "Changed", &Actor::AUTHOR, case.now()).expect("edited");
    case.store.ban(&known, &Actor::COMMAND, case.now()).expect("banned");
    case.store.secret("links", case.now()).expect("a key");
    for n in 0..40 {
        // Many ids, whose order is not that of the comments.
        case.submit("/b/", &n.to_string(), None);
    }
}

fn copy_and_compare(from: &Case, to: &Case) {
    fill(from);
    let copied = copy(&from.store, &to.store, &|_| {}).expect("copied");
    assert_eq!(copied, CopyReport { articles: 4, comments: 44, decisions: 4, work: 1 });
    let published =
        |store: &Store| (store.threads(&[path("/été/"), path("/elsewhere/")]).expect("threads"), store.latest(9).expect("latest"));
    assert_eq!(published(&to.store), published(&from.store));
    assert_eq!(to.store.comments(Status::Pending).expect("comments"), from.store.comments(Status::Pending).expect("comments"));
    assert_eq!(to.store.catalogue().expect("catalogue"), from.store.catalogue().expect("catalogue"));
    assert_eq!(to.store.work(0, 9).expect("work"), from.store.work(0, 9).expect("work"));
    assert_eq!(to.store.log(99).expect("log"), from.store.log(99).expect("log"));
    assert_eq!(to.store.secret("links", Timestamp(9)).expect("a key"), from.store.secret("links", Timestamp(9)).expect("a key"));
    // Numbering continues after the copied rows.
    to.approved("/new/", "Hello");
    assert_eq!(to.store.revision().expect("queried").0, from.store.revision().expect("queried").0 + 1);
    let refused = copy(&from.store, &to.store, &|_| {}).expect_err("there is a site already");
    assert!(matches!(refused, StoreError::NotEmpty(45)), "{refused}");
}

#[test]
fn from_sqlite_to_postgres() {
    copy_and_compare(&Case::sqlite(), &Case::postgres());
}

#[test]
fn from_postgres_to_sqlite() {
    copy_and_compare(&Case::postgres(), &Case::sqlite());
}

/// A database in which a first start of `serve` has written rows can be the target of a copy.
fn copy_into_started(from: &Case, to: &Case) {
    fill(from);
    to.store.sync_catalogue(&[entry("/other/", "Another article")], Departures::Apply).expect("synced");
    to.store.secret("links", to.now()).expect("a key");
    to.store.challenges(to.now(), 1).expect("a challenge");
    to.store.invite("Ada", to.now()).expect("an invitation");
    let token = to.store.invite("Ada", to.now()).expect("an invitation");
    to.store.sign_in(&token, "a browser", to.now()).expect("signed in").expect("a cookie");
    copy(&from.store, &to.store, &|_| {}).expect("copied");
    assert_eq!(to.store.catalogue().expect("catalogue"), from.store.catalogue().expect("catalogue"));
    assert_eq!(to.store.database_id().expect("an id"), from.store.database_id().expect("an id"), "the published tree knows it");
}

#[test]
fn into_a_started_postgres() {
    copy_into_started(&Case::sqlite(), &Case::postgres());
}

#[test]
fn into_a_started_sqlite() {
    copy_into_started(&Case::postgres(), &Case::sqlite());
}

#[test]
fn answers_may_be_copied_before_their_parents() {
    let (from, to) = (Case::sqlite(), Case::postgres());
    let mut above = from.submit("/a/", "0", None);
    for n in 1..60 {
        above = from.submit("/a/", &n.to_string(), Some(&above));
    }
    assert_eq!(copy(&from.store, &to.store, &|_| {}).expect("copied").comments, 60);
    let back = Case::sqlite();
    assert_eq!(copy(&to.store, &back.store, &|_| {}).expect("copied").comments, 60);
}
