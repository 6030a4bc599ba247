//! Behaviour that is the same on both databases.

use std::sync::atomic::{AtomicUsize, Ordering};

use ardoise_model::{Actor, CommentId, Decision, FactsQuery, SenderHashes, Status, Timestamp};
use ardoise_store::{CatalogueChange, CatalogueEntry, Departures, SeenComment, Store, StoreError, SubmitOutcome};
use pretty_assertions::assert_eq;

use crate::harness::{Case, entry, execute, on_both, path, submission};

on_both! {
    a_comment_is_published_by_a_row_of_work
    rows_of_work_belong_to_one_tree
    a_decision_on_several_comments_is_atomic
    a_thread_shows_approved_comments_in_order
    the_catalogue_is_synchronised_with_the_site
    ids_are_resolved_by_prefix
    another_process_sees_what_was_written
    concurrent_writers_lose_no_comment
    a_failed_submission_does_not_affect_others
    a_panic_in_the_rules_fails_one_submission
    the_last_changed_counts_come_first
    long_lists_come_in_pages
    a_listener_is_woken_by_new_work
    a_value_of_a_newer_version_is_named
}

fn a_comment_is_published_by_a_row_of_work(case: &Case) {
    let id = case.submit("/été/", "Hello", None);
    assert!(!case.store.has_work().expect("queried"), "a pending comment changes no file");
    case.decide(&id, Decision::Approve);
    case.decide(&id, Decision::Approve);
    let work = case.store.work(0, 1000).expect("work");
    assert_eq!(work.iter().map(|w| w.article.as_str()).collect::<Vec<_>>(), ["/été/"]);
    assert_eq!(case.counts(), [("/été/".to_owned(), 1)]);

    case.decide(&id, Decision::Delete);
    case.lead().finish_work(&work, &[], Timestamp(0)).expect("finished");
    assert!(case.store.has_work().expect("queried"), "a row that was added later is not removed");
    assert_eq!(case.counts(), []);
    let history: Vec<_> = case.store.detail(&id).expect("detail").decisions.into_iter().map(|past| past.status).collect();
    assert_eq!(history, [Status::Approved, Status::Deleted]);
}

fn rows_of_work_belong_to_one_tree(case: &Case) {
    assert_eq!(case.store.tree().expect("a tree"), "");
    case.approved("/a/", "Hello");
    let work = case.store.work(0, 9).expect("work");
    let mut lead = case.lead();
    lead.switch_tree("", "one").expect("switched");
    execute(case, "UPDATE identity SET tree = 'another'");
    assert!(matches!(lead.finish_work(&work, &[], Timestamp(0)), Err(StoreError::OtherTree)));
    assert!(case.store.has_work().expect("queried"), "the other tree lacks the change");
    assert!(matches!(lead.switch_tree("two", "one"), Err(StoreError::OtherTree)));
    lead.switch_tree("another", "one").expect("switched");
    lead.finish_work(&work, &[], Timestamp(0)).expect("finished");
    assert!(!case.store.has_work().expect("queried"));
    assert_eq!(case.store.tree().expect("a tree"), "one");
}

fn a_decision_on_several_comments_is_atomic(case: &Case) {
    let id = case.submit("/a/", "Hello", None);
    let missing: CommentId = "0000000000".parse().expect("an id");
    let error = case
        .store
        .decide(&[SeenComment::unread(id.clone()), SeenComment::unread(missing)], Decision::Spam, &Actor::COMMAND, case.now())
        .expect_err("no such comment");
    assert_eq!(error.to_string(), "there is no comment \"0000000000\"");
    assert_eq!(case.store.detail(&id).expect("detail").comment.status, Status::Pending);
    assert!(!case.store.has_work().expect("queried"));
}

fn a_thread_shows_approved_comments_in_order(case: &Case) {
    let first = case.submit("/a/", "first", None);
    let hidden = case.submit("/a/", "hidden", Some(&first));
    let answer = case.submit("/a/", "answer", Some(&hidden));
    case.submit("/b/", "elsewhere", None);
    for id in [&answer, &first] {
        case.decide(id, Decision::Approve);
    }
    let thread = case.store.threads(&[path("/a/")]).expect("threads").remove(0);
    let shown: Vec<_> = thread.comments.iter().map(|c| (c.text.as_str(), c.parent.as_ref())).collect();
    assert_eq!(shown, [("first", None), ("answer", Some(&first))]);
    let recent = case.store.recent(1).expect("recent");
    assert_eq!(recent.iter().map(|r| r.comment.text.as_str()).collect::<Vec<_>>(), ["answer"]);
}

fn the_catalogue_is_synchronised_with_the_site(case: &Case) {
    let sync = |entries: &[CatalogueEntry], departures: Departures<'_>| {
        let CatalogueChange { arrived, changed, missing } = case.store.sync_catalogue(entries, departures).expect("synced");
        (arrived, changed, missing.len())
    };
    let both = [entry("/a/", "A"), entry("/b/", "B")];
    assert_eq!(sync(&both, Departures::Apply), (2, 0, 0));
    assert_eq!(sync(&both, Departures::Apply), (0, 0, 0));

    let id = case.submit("/b/", "Hello", None);
    assert_eq!(sync(&both[..1], Departures::Postpone), (0, 0, 1));
    assert!(case.store.facts(&path("/b/"), Some(&id)).expect("facts").article.is_some(), "its departure was postponed");
    assert_eq!(sync(&both[..1], Departures::Apply), (0, 0, 1));
    assert_eq!(case.store.facts(&path("/b/"), None).expect("facts").article, None);
    assert_eq!(case.store.catalogue().expect("catalogue").len(), 1);

    assert_eq!(sync(&both, Departures::Apply), (1, 0, 0));
    let rows = case.store.catalogue().expect("catalogue");
    assert_eq!(rows[1].counts.get(&Status::Pending), Some(&1), "comments stay while their article is missing");
    assert_eq!(case.finish(), 0);
    assert_eq!(sync(&[entry("/a/", "A"), entry("/b/", "Another title")], Departures::Apply), (0, 1, 0));
    assert_eq!(case.finish(), 0, "no published file shows the title");
    case.decide(&id, Decision::Approve);
    case.finish();
    assert_eq!(sync(&[entry("/a/", "A"), entry("/b/", "New title")], Departures::Apply), (0, 1, 0));
    assert_eq!(case.finish(), 1, "the newest comments show titles");
    let mut undated = entry("/a/", "A");
    undated.article.dated_at = None;
    assert_eq!(sync(&[undated.clone(), entry("/b/", "New title")], Departures::Apply), (0, 1, 0));
    assert_eq!(case.store.facts(&path("/a/"), None).expect("facts").article, Some(undated.article), "a date can be removed");
    assert_eq!(case.finish(), 0);
}

fn ids_are_resolved_by_prefix(case: &Case) {
    let id = case.submit("/a/", "Hello", None);
    assert_eq!(case.store.resolve(&id.as_str()[..4].to_uppercase()).expect("found"), id);
    for unknown in ["", "%", "zzzzzzzzzz", "../"] {
        assert!(matches!(case.store.resolve(unknown), Err(StoreError::NoSuchComment(_))), "{unknown:?}");
    }
    for n in 0..40 {
        case.submit("/a/", &n.to_string(), None);
    }
    let ambiguous = CommentId::ALPHABET.chars().any(|c| matches!(case.store.resolve(&c.to_string()), Err(StoreError::Ambiguous { .. })));
    assert!(ambiguous, "41 ids, 32 first characters");
}

fn another_process_sees_what_was_written(case: &Case) {
    let id = case.submit("/a/", "Hello", None);
    let other = Store::open(&case.url).expect("a second handle");
    other
        .decide(&[SeenComment::read(&other.detail(&id).expect("detail").comment)], Decision::Approve, &Actor::COMMAND, Timestamp(9))
        .expect("decided");
    assert!(case.store.has_work().expect("queried"));
}

fn concurrent_writers_lose_no_comment(case: &Case) {
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let url = case.url.clone();
            scope.spawn(move || {
                let store = Store::open(&url).expect("a store");
                for n in 0..25 {
                    let submission = submission("/a/", &format!("{writer} {n}"), None);
                    store.submit(submission, Status::Approved, Timestamp(n)).expect("never locked");
                }
            });
        }
    });
    assert_eq!(case.counts(), [("/a/".to_owned(), 100)]);
    let latest = case.store.latest(1).expect("latest");
    assert_eq!(latest.changes[0].revision, 100, "each change has its own number");
}

fn a_failed_submission_does_not_affect_others(case: &Case) {
    let id = case.submit("/a/", "Hello", None);
    std::thread::scope(|scope| {
        for n in 0..20 {
            let (store, id) = (&case.store, &id);
            scope.spawn(move || {
                // An answer to a missing comment violates a foreign key.
                let missing: CommentId = "0000000000".parse().expect("an id");
                let parent = if n % 2 == 0 { id } else { &missing };
                let stored = store.submit(submission("/a/", "Yes", Some(parent)), Status::Pending, Timestamp(1));
                assert_eq!(stored.is_ok(), n % 2 == 0);
            });
        }
    });
    assert_eq!(case.store.comments(Status::Pending).expect("comments").len(), 11);
}

fn a_panic_in_the_rules_fails_one_submission(case: &Case) {
    let (sender, outcomes) = std::sync::mpsc::channel();
    for n in 0..20 {
        let sender = sender.clone();
        let rules = move |_: &_, _: &_| {
            assert!(n % 2 == 0, "on purpose");
            Ok(Status::Pending.into())
        };
        let (submission, on_done) = (submission("/a/", "Hello", None), move |outcome| drop(sender.send((n, outcome))));
        case.store.submit_screened(submission, SenderHashes::default(), FactsQuery::default(), rules, Timestamp(1), on_done);
    }
    drop(sender);
    let outcomes: Vec<_> = outcomes.iter().collect();
    assert_eq!(outcomes.len(), 20, "each callback is called");
    for (n, outcome) in outcomes {
        assert!(
            if n % 2 == 0 { matches!(outcome, Ok(SubmitOutcome::Stored(_))) } else { matches!(outcome, Err(StoreError::Panicked)) },
            "{n}: {outcome:?}"
        );
    }
    // A callback may panic too.
    let (submission, rules) = (submission("/a/", "Hello", None), |_: &_, _: &_| Ok(Status::Pending.into()));
    case.store.submit_screened(submission, SenderHashes::default(), FactsQuery::default(), rules, Timestamp(2), |_| panic!("on purpose"));
    case.submit("/a/", "The writer thread still runs", None);
    case.store.ping().expect("healthy");
    assert_eq!(case.store.comments(Status::Pending).expect("comments").len(), 12);
}

fn the_last_changed_counts_come_first(case: &Case) {
    let latest = |most| case.store.latest(most).expect("latest");
    let changes = || latest(2).changes.into_iter().map(|c| (c.article.to_string(), c.count, c.revision)).collect::<Vec<_>>();
    assert_eq!((changes(), case.store.revision().expect("queried").0), (vec![], 0));
    let a = case.approved("/a/", "One");
    case.approved("/b/", "One");
    assert!(!latest(2).is_all, "there may be more");
    assert!(latest(3).is_all);
    assert_eq!(changes(), [("/b/".into(), 1, 2), ("/a/".into(), 1, 1)]);
    case.decide(&a, Decision::Spam);
    assert_eq!(changes(), [("/a/".into(), 0, 3), ("/b/".into(), 1, 2)], "a count can be 0");
    case.decide(&a, Decision::Reject);
    assert_eq!(case.store.revision().expect("queried").0, 3, "the count is the same");
    assert_eq!(case.counts(), [("/b/".to_owned(), 1)]);
}

fn long_lists_come_in_pages(case: &Case) {
    for n in 0..7 {
        case.approved(&format!("/{n}/"), "Hello");
    }
    case.submit("/3½/", "pending", None);
    let page = |after: Option<&str>| {
        let page = case.store.published(after.map(path).as_ref(), 3).expect("published");
        page.into_iter().map(|(path, count)| format!("{path} {count}")).collect::<Vec<_>>()
    };
    assert_eq!(page(None), ["/0/ 1", "/1/ 1", "/2/ 1"]);
    assert_eq!(page(Some("/2/")), ["/3/ 1", "/4/ 1", "/5/ 1"]);
    assert_eq!(page(Some("/5/")), ["/6/ 1"]);
    assert_eq!(case.store.published_count(Some(&path("/2/"))).expect("queried"), 4);
    let work = case.store.work(0, 5).expect("work");
    assert_eq!((work.len(), case.store.work(work[4].id, 5).expect("work").len()), (5, 2));
    assert_eq!(case.store.pending_work().expect("queried"), 7);
}

fn a_listener_is_woken_by_new_work(case: &Case) {
    let wakeups = std::sync::Arc::new(AtomicUsize::new(0));
    let id = case.submit("/a/", "Hello", None);
    let _listener = case.store.listen({
        let wakeups = wakeups.clone();
        move || {
            wakeups.fetch_add(1, Ordering::SeqCst);
        }
    });
    let wait_for = |what: &str, condition: &dyn Fn() -> bool| {
        let begun = std::time::Instant::now();
        while !condition() {
            assert!(begun.elapsed().as_secs() < 20, "waited for {what}");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    };
    if case.url.to_string().starts_with("postgres") {
        wait_for("the listener to be connected", &|| wakeups.load(Ordering::SeqCst) > 0);
    }
    let before = wakeups.load(Ordering::SeqCst);
    let other = Store::open(&case.url).expect("a second handle");
    other
        .decide(&[SeenComment::read(&other.detail(&id).expect("detail").comment)], Decision::Approve, &Actor::COMMAND, Timestamp(9))
        .expect("decided");
    wait_for("the listener to be woken", &|| wakeups.load(Ordering::SeqCst) > before);
}

fn a_value_of_a_newer_version_is_named(case: &Case) {
    let id = case.approved("/a/", "Hello");
    execute(case, "UPDATE decisions SET via = 'telepathy'");
    let error = case.store.detail(&id).expect_err("this version does not know it");
    assert!(matches!(&error, StoreError::Unreadable(value) if value.contains("telepathy")), "{error:?}");
}
