//! Actions of moderators, on both databases.

use ardoise_model::{Actor, Decision, SenderHashes, Status, Timestamp, Via};
use ardoise_store::{Action, Edited, SeenComment, Store};
use pretty_assertions::assert_eq;

use crate::harness::{Case, on_both, submission};

on_both! {
    every_action_is_in_the_log
    only_a_version_that_was_read_is_published
    an_edit_stores_the_former_text_and_publishes_the_new_one
    a_ban_recognises_its_sender
    keys_are_shared_by_processes_and_rotated
}

fn ines() -> Actor {
    Actor { moderator: "Ines".into(), via: Via::Web }
}

fn every_action_is_in_the_log(case: &Case) {
    let sender = SenderHashes { network: Some("n".into()), author_key: Some("k".into()) };
    let id = case.submit_from(&sender, "Hello");
    let seen = SeenComment::read(&case.store.detail(&id).expect("detail").comment);
    case.store.decide(&[seen], Decision::Approve, &ines(), case.now()).expect("decided");
    case.store.edit(&id, "Hello", "Hello!", &Actor::AUTHOR, case.now()).expect("edited");
    case.store.ban(&id, &ines(), case.now()).expect("banned");
    case.decide(&id, Decision::Spam);
    assert!(case.store.unban(&id, &ines(), case.now()).expect("queried"));
    let answer = case.store.submit_as_owner(submission("/b/", "Thanks", None), &ines(), case.now()).expect("stored").id;
    let log = |most| case.store.log(most).expect("log");
    let logged: Vec<_> = log(9).iter().map(|entry| (entry.by.to_string(), entry.action)).collect();
    let expected = [
        ("Ines (web)", Action::Replied),
        ("Ines (web)", Action::Unbanned),
        ("command line", Action::Decided(Status::Spam)),
        ("Ines (web)", Action::Banned),
        ("author", Action::Edited),
        ("Ines (web)", Action::Decided(Status::Approved)),
    ];
    assert_eq!(logged, expected.map(|(by, action)| (by.to_owned(), action)));
    let subjects: Vec<_> = log(9).into_iter().map(|entry| entry.comment.expect("a comment")).collect();
    assert_eq!((&subjects[0].id, subjects[0].article.as_str()), (&answer, "/b/"));
    assert!(subjects[1..].iter().all(|subject| subject.id == id && subject.article.as_str() == "/a/" && !subject.author.is_empty()));
    assert_eq!(log(2).len(), 2);
    let history = case.store.detail(&id).expect("detail").decisions;
    assert_eq!((history[0].by.clone(), history[0].status), (ines(), Status::Approved));
}

fn only_a_version_that_was_read_is_published(case: &Case) {
    let id = case.submit("/a/", "One", None);
    let comment = || case.store.detail(&id).expect("detail").comment;
    let decide =
        |seen: &SeenComment, decision| case.store.decide(std::slice::from_ref(seen), decision, &ines(), case.now()).expect("queried");
    let first = SeenComment::read(&comment());
    case.store.edit(&id, "One", "Two", &Actor::AUTHOR, case.now()).expect("edited");
    for unseen in [&first, &SeenComment::unread(id.clone())] {
        assert_eq!(decide(unseen, Decision::Approve).changed, std::slice::from_ref(&id));
        assert_eq!(comment().status, Status::Pending);
    }
    let done = decide(&SeenComment::read(&comment()), Decision::Approve).decided.remove(0);
    assert_eq!((done.before, done.rulings, done.version), (Status::Pending, 1, comment().version()));
    assert_eq!(decide(&first, Decision::Approve).decided.len(), 1, "it is published already");
    assert_eq!(decide(&first, Decision::Spam).decided[0].rulings, 2, "what is taken down need not be read");
    // There was another decision since the first one.
    let late = SeenComment { rulings: Some(1), ..SeenComment::read(&comment()) };
    for decision in [Decision::Approve, Decision::Hold, Decision::Reject] {
        assert_eq!(decide(&late, decision).overtaken, std::slice::from_ref(&id));
    }
    assert_eq!(comment().status, Status::Spam);
    let in_time = SeenComment { rulings: Some(2), ..SeenComment::read(&comment()) };
    assert_eq!(decide(&in_time, Decision::Approve).decided[0].before, Status::Spam);
    let removed = SeenComment { rulings: Some(0), ..SeenComment::unread("0000000000".parse().expect("an id")) };
    assert_eq!(decide(&removed, Decision::Hold).overtaken.len(), 1, "it was removed since");
}

fn an_edit_stores_the_former_text_and_publishes_the_new_one(case: &Case) {
    let id = case.submit("/a/", "One", None);
    let edit = |base: &str, text: &str| case.store.edit(&id, base, text, &ines(), case.now()).expect("edited");
    assert_eq!(edit("One", "Two"), Edited::Done);
    assert!(!case.store.has_work().expect("queried"), "it is not published");
    case.decide(&id, Decision::Approve);
    case.finish();
    assert_eq!(edit("One", "Two"), Edited::Same);
    assert_eq!(edit("One", "Three"), Edited::Overtaken, "the edit is based on another text");
    assert!(!case.store.has_work().expect("queried"));
    assert_eq!(edit("Two", "Three"), Edited::Done);
    assert!(case.store.has_work().expect("queried"), "it is published");
    assert_eq!(case.store.edits(&id).expect("edits").into_iter().map(|edit| edit.text).collect::<Vec<_>>(), ["One", "Two"]);
    assert_eq!(case.store.detail(&id).expect("detail").comment.text, "Three");
}

fn a_ban_recognises_its_sender(case: &Case) {
    let sender = |network: &str, key: Option<&str>| SenderHashes { network: Some(network.into()), author_key: key.map(Into::into) };
    let robot = case.submit_from(&sender("n", Some("k")), "Buy");
    let moved = case.submit_from(&sender("m", Some("k")), "Buy more");
    let stranger = case.submit_from(&sender("m", Some("l")), "Hello");
    let unknown = case.submit("/a/", "Hello", None);
    let banned = || [&robot, &moved, &stranger, &unknown].map(|id| case.store.is_banned(id).expect("queried"));
    assert_eq!(banned(), [false; 4]);
    assert!(case.store.ban(&robot, &ines(), case.now()).expect("banned"));
    assert!(case.store.ban(&robot, &ines(), case.now()).expect("banned already"));
    assert_eq!(banned(), [true, true, false, false]);
    assert!(!case.store.ban(&unknown, &ines(), case.now()).expect("queried"), "nothing is known of the sender");
    assert!(case.store.unban(&robot, &ines(), case.now()).expect("queried"));
    assert_eq!(banned(), [false; 4]);
    // A ban of two rows, which is lifted as a whole.
    case.store.ban(&robot, &ines(), case.now()).expect("banned");
    let bans = case.store.bans().expect("bans");
    assert_eq!((bans.len(), bans[0].kinds.len(), bans[0].comment.as_ref()), (1, 2, Some(&robot)));
    assert!(case.store.lift_ban(&bans[0], &ines(), case.now()).expect("lifted"));
    assert!(!case.store.lift_ban(&bans[0], &ines(), case.now()).expect("queried"));
    assert_eq!((banned(), case.store.bans().expect("bans")), ([false; 4], vec![]));
    assert!(!case.store.unban(&robot, &ines(), case.now()).expect("queried"));
}

fn keys_are_shared_by_processes_and_rotated(case: &Case) {
    let other = Store::open(&case.url).expect("a second handle");
    let links = case.store.secret("links", Timestamp(0)).expect("a key");
    assert_eq!(other.secret("links", Timestamp(1_000_000)).expect("a key"), links);
    assert_ne!(other.secret("csrf", Timestamp(0)).expect("a key"), links);
    let network = |now| case.store.rotate_secret("network", Timestamp(now), 100).expect("a key");
    let first = network(1_000);
    assert_eq!(network(1_099), first);
    let second = network(1_100);
    assert_ne!(second, first);
    assert_eq!(other.rotate_secret("network", Timestamp(1_101), 100).expect("a key"), second);
    assert_ne!(network(50), second, "the key was drawn by a wrong clock");
}
