//! Jobs and subscribers, on both databases.

use ardoise_model::{Actor, CommentId, Decision, Draft, Status, Submission, Timestamp, Via};
use ardoise_store::{Backlog, Claim, Consumers, JobGroup, MAIL_QUEUE, ON_CHANGE_QUEUE, QueueFilter, Recipient, SeenComment, Store};
use pretty_assertions::assert_eq;

use crate::harness::{Case, on_both};

on_both! {
    a_job_stays_until_it_was_accepted
    an_approval_is_announced_once
    a_claim_that_was_lost_changes_nothing
    changed_articles_are_enqueued_once
    queues_that_the_settings_do_not_name_are_removed
    jobs_of_a_dead_process_are_claimed_again_unchanged
    an_attempt_that_did_not_reach_the_receiver_is_not_counted
    an_address_is_confirmed_before_it_is_notified
    an_unconfirmed_address_is_forgotten
    undoing_a_decision_keeps_the_address
    a_subscriber_is_notified_of_the_thread_below_their_comment
    a_reader_who_unsubscribes_is_forgotten
    an_address_that_bounces_is_forgotten
}

const LEASE: i64 = 1_000;
const A_DAY: i64 = 24 * 60 * 60 * 1000;

fn with_consumers(case: &Case) -> Store {
    let consumers = Consumers {
        pending: vec![Recipient::moderator("Ines")],
        approved: vec![Recipient::webhook("chat")],
        changes: vec![ON_CHANGE_QUEUE.to_owned()],
        replies: true,
        gather: 10,
        replies_every: 100,
    };
    case.store.clone().with_consumers(consumers)
}

fn group(kind: &str, recipient: Recipient) -> JobGroup {
    JobGroup { kind: kind.to_owned(), subject: recipient.subject }
}

fn claim_for(store: &Store, recipient: Recipient, kind: &str, now: i64) -> Option<Claim> {
    let queue = recipient.queue.clone();
    store.claim_group(&queue, &group(kind, recipient), Timestamp(now), LEASE, 100).expect("claimed")
}

/// Claims the jobs of a kind for the moderator.
fn claim(store: &Store, kind: &str, now: i64) -> Option<Claim> {
    claim_for(store, Recipient::moderator("Ines"), kind, now)
}

fn claim_changes(store: &Store, now: i64) -> Option<Claim> {
    store.claim_queue(ON_CHANGE_QUEUE, Timestamp(now), LEASE, 100).expect("claimed")
}

fn comments(claim: Option<&Claim>) -> Vec<CommentId> {
    claim.into_iter().flat_map(|claim| &claim.jobs).filter_map(|job| job.comment.clone()).collect()
}

fn subjects(claim: Option<&Claim>) -> Vec<&str> {
    claim.into_iter().flat_map(|claim| &claim.jobs).map(|job| job.subject.as_str()).collect()
}

fn mails(store: &Store) -> Backlog {
    store.backlog(QueueFilter::AllBut(ON_CHANGE_QUEUE)).expect("queried")
}

/// Stores a comment whose author asks to be notified of answers, unless `email` is empty.
fn submit_by(store: &Store, email: &str, parent: Option<&CommentId>, status: Status, now: i64) -> CommentId {
    let draft = Draft {
        article: "/a/".into(),
        author: "Ada".into(),
        text: "Hello".into(),
        email: email.into(),
        notify: if email.is_empty() { String::new() } else { "on".into() },
        reply_to: parent.map(ToString::to_string).unwrap_or_default(),
        ..Draft::default()
    };
    let submission = Submission::check(&draft, &"https://blog.example.org".parse().expect("an origin")).expect("good");
    store.submit(submission, status, Timestamp(now)).expect("stored").id
}

fn decide(store: &Store, id: &CommentId, decision: Decision, now: i64) {
    let seen = SeenComment::read(&store.detail(id).expect("detail").comment);
    store.decide(&[seen], decision, &Actor::COMMAND, Timestamp(now)).expect("decided");
}

fn a_job_stays_until_it_was_accepted(case: &Case) {
    let store = with_consumers(case);
    let (first, second) = (submit_by(&store, "", None, Status::Pending, 1_000), submit_by(&store, "", None, Status::Pending, 1_005));
    submit_by(&store, "", None, Status::Spam, 1_006);
    let due = |queue: &str, now: i64| store.due_jobs(queue, Timestamp(now), 9).expect("queried");
    assert_eq!(store.next_due(MAIL_QUEUE).expect("queried"), Some(Timestamp(1_010)), "it waits for others");
    assert_eq!(due(MAIL_QUEUE, 1_009), []);
    assert_eq!(due("webhook chat", 1_010), [], "another queue");
    assert_eq!(due(MAIL_QUEUE, 1_010), [group("pending", Recipient::moderator("Ines"))]);

    let taken = claim(&store, "pending", 1_010).expect("claimed");
    assert_eq!(comments(Some(&taken)), [first, second], "the second is claimed with the first");
    assert_eq!(claim(&store, "pending", 1_010), None, "they are claimed only once");
    store.postpone_jobs(&taken, "the server is down", Timestamp(5_000)).expect("noted");
    assert_eq!((mails(&store).jobs, mails(&store).error.as_deref()), (2, Some("the server is down")));
    assert_eq!(claim(&store, "pending", 4_999), None);

    store.retry_failed("webhook chat", Timestamp(2_000)).expect("noted");
    assert_eq!(claim(&store, "pending", 2_000), None, "another queue is retried");
    store.retry_failed(MAIL_QUEUE, Timestamp(2_000)).expect("noted");
    let third = submit_by(&store, "", None, Status::Pending, 2_000);
    let again = claim(&store, "pending", 2_000).expect("claimed");
    assert_eq!((again.jobs.len(), again.attempts(), comments(Some(&again)).last()), (3, 1, Some(&third)));
    store.finish_jobs(&again).expect("removed");
    assert_eq!(mails(&store).jobs, 0);
}

fn an_approval_is_announced_once(case: &Case) {
    let store = with_consumers(case);
    let id = submit_by(&store, "", None, Status::Pending, 1);
    let approved = || comments(claim_for(&store, Recipient::webhook("chat"), "approved", 100_000).as_ref()).len();
    decide(&store, &id, Decision::Approve, 2);
    assert_eq!(approved(), 1);
    decide(&store, &id, Decision::Reject, 3);
    decide(&store, &id, Decision::Approve, 4);
    assert_eq!(approved(), 0, "a repeated approval is not announced again");
    submit_by(&store, "", None, Status::Approved, 5);
    assert_eq!(approved(), 1, "approved at once");
    claim(&store, "pending", 100_000);
    decide(&store, &id, Decision::Hold, 6);
    assert_eq!(comments(claim(&store, "pending", 100_001).as_ref()).len(), 0, "a moderator needs no message about their own decision");
    decide(&store, &id, Decision::Approve, 7);
    let author = Actor { moderator: String::new(), via: Via::Author };
    store.decide(&[SeenComment::unread(id)], Decision::Hold, &author, Timestamp(8)).expect("decided");
    assert_eq!(comments(claim(&store, "pending", 100_002).as_ref()).len(), 1, "a change by the author is announced");
}

fn jobs_of_a_dead_process_are_claimed_again_unchanged(case: &Case) {
    let store = with_consumers(case);
    let first = submit_by(&store, "", None, Status::Pending, 0);
    claim(&store, "pending", 10);
    let second = submit_by(&store, "", None, Status::Pending, 20);
    store.retry_failed(MAIL_QUEUE, Timestamp(30)).expect("noted");
    assert_eq!(comments(claim(&store, "pending", 30).as_ref()), [second], "the first may still be on its way");
    assert_eq!(comments(claim(&store, "pending", 10 + LEASE).as_ref()), [first], "a repetition holds what the first one held");
}

fn a_claim_that_was_lost_changes_nothing(case: &Case) {
    let store = with_consumers(case);
    submit_by(&store, "", None, Status::Pending, 0);
    let first = claim(&store, "pending", 10).expect("claimed");
    assert!(store.renew_claim(&first, Timestamp(900), LEASE).expect("renewed"));
    assert_eq!(claim(&store, "pending", 10 + LEASE), None, "the lease was renewed");
    let second = claim(&store, "pending", 900 + LEASE).expect("claimed");
    assert_eq!(first.jobs[0].id, second.jobs[0].id);
    assert!(!store.renew_claim(&first, Timestamp(901 + LEASE), LEASE).expect("queried"));
    store.finish_jobs(&first).expect("queried");
    store.finish_job(&first, &first.jobs[0]).expect("queried");
    store.postpone_jobs(&first, "too late", Timestamp(0)).expect("queried");
    assert_eq!((mails(&store).jobs, mails(&store).error), (1, None));
    store.finish_job(&second, &second.jobs[0]).expect("removed");
    assert_eq!(mails(&store).jobs, 0);
}

fn changed_articles_are_enqueued_once(case: &Case) {
    let store = with_consumers(case);
    let mut lead = store.lead().expect("queried").expect("taken");
    let mut change = |subjects: &[&str], now: i64| {
        let subjects: Vec<String> = subjects.iter().map(ToString::to_string).collect();
        lead.finish_work(&[], &subjects, Timestamp(now)).expect("enqueued");
    };
    let subjects_at = |now: i64| {
        let claim = claim_changes(&store, now);
        if let Some(claim) = &claim {
            store.finish_jobs(claim).expect("removed");
        }
        subjects(claim.as_ref()).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    change(&[""], 1);
    change(&["/a/", "/b/"], 1);
    change(&["/b/", "/c/"], 2);
    change(&[""], 2);
    assert_eq!(store.newest_job(ON_CHANGE_QUEUE).expect("queried"), Some(Timestamp(2)));
    let first = claim_changes(&store, 3).expect("claimed");
    assert_eq!(subjects(Some(&first)), ["/a/", "/b/", "/c/"], "other files are taken over with any article's");
    // The run that has begun may have read the files before this change.
    change(&["/b/"], 4);
    assert_eq!(claim_changes(&store, 5), None, "one run at a time");
    // A failure leaves one job per article, and the next change brings all of them along.
    store.postpone_jobs(&first, "no such bucket", Timestamp(1_000)).expect("noted");
    change(&["/a/"], 6);
    assert_eq!(subjects_at(7), ["/a/", "/c/", "/b/"]);
    change(&[""], 8);
    change(&[""], 8);
    assert_eq!(subjects_at(8), [""]);
    // So does a change of other files alone.
    change(&["/a/"], 8);
    let failed = claim_changes(&store, 8).expect("claimed");
    store.postpone_jobs(&failed, "no such bucket", Timestamp(1_000)).expect("noted");
    change(&[""], 8);
    assert_eq!(subjects_at(8), ["/a/"]);

    // The jobs of a process that has died are done with the new ones. A clock that was ahead delays nothing.
    change(&["/a/"], 9);
    claim_changes(&store, 9).expect("claimed");
    change(&["/d/"], 5_000_000);
    store.make_due(ON_CHANGE_QUEUE, Timestamp(10), LEASE).expect("done");
    assert_eq!(subjects_at(10), [""; 0], "its lease has not ended");
    assert_eq!(subjects_at(9 + LEASE), ["/a/", "/d/"]);
    assert_eq!(mails(&store).jobs, 0, "they are not mails");

    drop(lead);
    let mut without = case.store.lead().expect("queried").expect("taken");
    without.finish_work(&[], &["/e/".to_owned()], Timestamp(9)).expect("nothing to do");
    assert_eq!(claim_changes(&store, 10), None, "without a consumer there is no job");
}

fn queues_that_the_settings_do_not_name_are_removed(case: &Case) {
    let store = with_consumers(case);
    submit_by(&store, "", None, Status::Approved, 1);
    submit_by(&store, "", None, Status::Pending, 1);
    assert_eq!(mails(&store).jobs, 2);
    assert_eq!(store.remove_other_queues(&[MAIL_QUEUE.to_owned(), "webhook chat".to_owned()], Timestamp(2)).expect("queried"), 0);
    claim_for(&store, Recipient::webhook("chat"), "approved", 2).expect("claimed");
    let remove = |now: i64| store.remove_other_queues(&[MAIL_QUEUE.to_owned()], Timestamp(now)).expect("removed");
    assert_eq!((remove(1 + LEASE), remove(2 + LEASE)), (0, 1), "not while another process works on it");
    assert_eq!(comments(claim(&store, "pending", 100).as_ref()).len(), 1);
}

fn an_attempt_that_did_not_reach_the_receiver_is_not_counted(case: &Case) {
    let store = with_consumers(case);
    submit_by(&store, "", None, Status::Pending, 1);
    for attempts in [0, 0, 1] {
        let taken = claim(&store, "pending", 100).expect("claimed");
        assert_eq!(taken.attempts(), 0);
        if attempts == 0 {
            store.return_jobs(&taken, "the server is down", Timestamp(100)).expect("returned");
        } else {
            store.postpone_jobs(&taken, "refused", Timestamp(100)).expect("postponed");
        }
    }
    assert_eq!(claim(&store, "pending", 100).expect("claimed").attempts(), 1);
}

fn confirmed(store: &Store, email: &str, parent: Option<&CommentId>, now: i64) -> (CommentId, i64) {
    let id = submit_by(store, email, parent, Status::Approved, now);
    let reader = send_confirmation(store, now).expect("a mail to the address");
    assert!(store.confirm(reader, Timestamp(now)).expect("confirmed"));
    (id, reader)
}

/// Returns the subscriber who is to be asked to confirm their address.
fn reader_to_confirm(store: &Store, now: i64) -> Option<i64> {
    let due = store.due_jobs(MAIL_QUEUE, Timestamp(now), 9).expect("queried");
    due.into_iter().find(|group| group.kind == "confirm")?.subject.strip_prefix("reader ")?.parse().ok()
}

fn finish_confirmation(store: &Store, reader: i64, now: i64) {
    store.finish_jobs(&claim_for(store, Recipient::reader(reader), "confirm", now).expect("claimed")).expect("removed");
}

/// Sends the waiting mail that asks a subscriber to confirm their address. Returns the subscriber.
fn send_confirmation(store: &Store, now: i64) -> Option<i64> {
    let reader = reader_to_confirm(store, now)?;
    finish_confirmation(store, reader, now);
    store.record_mail(reader, Timestamp(now)).expect("noted");
    Some(reader)
}

fn an_address_is_confirmed_before_it_is_notified(case: &Case) {
    let store = with_consumers(case);
    let id = submit_by(&store, "ada@Example.org", None, Status::Pending, 1);
    assert_eq!(send_confirmation(&store, 5), None, "no mail before a decision");
    decide(&store, &id, Decision::Approve, 10);
    let reader = send_confirmation(&store, 10).expect("queried");
    let subscriber = store.subscriber(reader).expect("queried").expect("there");
    assert_eq!((subscriber.email.as_str(), subscriber.confirmed), ("ada@example.org", false));
    submit_by(&store, "ada@example.org", None, Status::Approved, 20);
    assert_eq!(send_confirmation(&store, 20), None, "one mail a day");
    submit_by(&store, "", Some(&id), Status::Approved, 21);
    assert_eq!(claim_for(&store, Recipient::reader(reader), "reply", A_DAY), None, "the address is not confirmed");
    submit_by(&store, "ada@example.org", None, Status::Approved, 10 + A_DAY);
    assert_eq!(send_confirmation(&store, 10 + A_DAY), Some(reader));
    assert!(store.confirm(reader, Timestamp(11 + A_DAY)).expect("confirmed"));
    submit_by(&store, "ada@example.org", None, Status::Approved, 10 + 2 * A_DAY);
    assert_eq!(send_confirmation(&store, 10 + 2 * A_DAY), None, "once per address");
}

fn an_unconfirmed_address_is_forgotten(case: &Case) {
    let store = with_consumers(case);
    let (first, second) =
        (submit_by(&store, "ada@example.org", None, Status::Pending, 1), submit_by(&store, "ada@example.org", None, Status::Pending, 2));
    submit_by(&store, "robot@example.org", None, Status::Spam, 3);
    decide(&store, &first, Decision::Spam, 4);
    assert!(store.subscriber(1).expect("queried").is_some(), "the other comment still waits");
    decide(&store, &second, Decision::Reject, 5);
    assert!(store.subscriber(1).expect("queried").is_some(), "the decision may be undone");
    assert_eq!(store.forget_unconfirmed(Timestamp(0), Timestamp(4 + A_DAY)).expect("done"), 0);
    assert_eq!(
        store.forget_unconfirmed(Timestamp(0), Timestamp(5 + A_DAY)).expect("done"),
        0,
        "a clock that is a day ahead is not trusted"
    );
    submit_by(&store, "robot@example.org", None, Status::Spam, 4 + A_DAY);
    assert_eq!(store.forget_unconfirmed(Timestamp(0), Timestamp(5 + A_DAY)).expect("done"), 1);
    assert!(store.subscriber(1).expect("queried").is_none());

    submit_by(&store, "bea@example.org", None, Status::Approved, A_DAY + 10);
    let reader = send_confirmation(&store, A_DAY + 10).expect("queried");
    assert_eq!(store.forget_unconfirmed(Timestamp(A_DAY + 10), Timestamp(A_DAY + 11)).expect("done"), 0);
    assert_eq!(store.forget_unconfirmed(Timestamp(A_DAY + 11), Timestamp(A_DAY + 11)).expect("done"), 1);
    assert!(!store.confirm(reader, Timestamp(A_DAY + 12)).expect("queried"), "too late");

    confirmed(&store, "cy@example.org", None, A_DAY + 20);
    assert_eq!(store.forget_unconfirmed(Timestamp(A_DAY + 1_000), Timestamp(A_DAY + 1_000)).expect("done"), 0);
    assert_eq!(mails(&store).jobs, 4, "two for the moderator, two for the webhook, none for a reader");
}

fn undoing_a_decision_keeps_the_address(case: &Case) {
    let store = with_consumers(case);
    let none_is_forgotten = || store.forget_unconfirmed(Timestamp(0), Timestamp(9 * A_DAY)).expect("done") == 0;
    for (now, wrong, back) in [
        (1_000, Decision::Reject, Decision::Approve),
        (2_000, Decision::Spam, Decision::Approve),
        (3_000, Decision::Delete, Decision::Hold),
    ] {
        let id = submit_by(&store, &format!("ada{now}@example.org"), None, Status::Pending, now);
        decide(&store, &id, Decision::Approve, now + 1);
        decide(&store, &id, wrong, now + 2);
        decide(&store, &id, back, now + 3);
        assert!(none_is_forgotten(), "{wrong:?}");
        decide(&store, &id, Decision::Approve, now + 4);
        let reader = send_confirmation(&store, now + 5).expect("asked to confirm");
        assert!(store.confirm(reader, Timestamp(now + 6)).expect("confirmed"));
        assert_eq!(send_confirmation(&store, now + 7), None, "once");
    }
    // A mail that was dropped while the comment was rejected is sent again.
    let id = submit_by(&store, "bea@example.org", None, Status::Pending, 4_000);
    decide(&store, &id, Decision::Approve, 4_001);
    decide(&store, &id, Decision::Reject, 4_002);
    finish_confirmation(&store, reader_to_confirm(&store, 4_003).expect("one"), 4_003);
    decide(&store, &id, Decision::Approve, 4_004);
    assert!(send_confirmation(&store, 4_005).is_some());
    // Another comment from the same address keeps the address as well.
    let first = submit_by(&store, "cy@example.org", None, Status::Pending, 5_000);
    decide(&store, &first, Decision::Reject, 5_001);
    submit_by(&store, "cy@example.org", None, Status::Pending, 5_002);
    assert!(none_is_forgotten());
}

fn a_subscriber_is_notified_of_the_thread_below_their_comment(case: &Case) {
    let store = with_consumers(case);
    let (own, reader) = confirmed(&store, "ada@example.org", None, 1_000);
    let notified = |now: i64| comments(claim_for(&store, Recipient::reader(reader), "reply", now).as_ref());
    let answer = submit_by(&store, "", Some(&own), Status::Pending, 1_001);
    assert_eq!(notified(5_000), [], "not before a decision");
    decide(&store, &answer, Decision::Approve, 1_002);
    assert_eq!(notified(1_099), [], "one mail in a while");
    let deeper = submit_by(&store, "", Some(&answer), Status::Approved, 1_003);
    submit_by(&store, "ada@example.org", Some(&deeper), Status::Approved, 1_004);
    submit_by(&store, "", None, Status::Approved, 1_005);
    assert_eq!(notified(1_100), [answer, deeper.clone()], "all answers of others in the thread, in one mail");
    assert_eq!(store.subscribed_above(reader, &deeper).expect("queried"), Some(own));
}

fn a_reader_who_unsubscribes_is_forgotten(case: &Case) {
    let store = with_consumers(case);
    let (first, reader) = confirmed(&store, "ada@example.org", None, 1_000);
    let second = submit_by(&store, "ada@example.org", None, Status::Approved, 1_001);
    let answer = submit_by(&store, "", Some(&first), Status::Approved, 1_002);
    store.unsubscribe(reader, Some(&first)).expect("left");
    assert_eq!(store.subscribed_above(reader, &answer).expect("queried"), None);
    assert!(store.subscriber(reader).expect("queried").is_some(), "the other subscription remains");
    submit_by(&store, "", Some(&second), Status::Approved, 1_003);
    store.unsubscribe(reader, None).expect("left");
    assert!(store.subscriber(reader).expect("queried").is_none());
    assert_eq!(claim_for(&store, Recipient::reader(reader), "reply", 9_999), None);
}

fn an_address_that_bounces_is_forgotten(case: &Case) {
    let store = with_consumers(case);
    let (_, reader) = confirmed(&store, "ada@example.org", None, 1_000);
    let bounced = || store.record_bounce(reader).expect("noted");
    assert_eq!([bounced(), bounced()], [false, false]);
    store.record_mail(reader, Timestamp(2_000)).expect("noted");
    assert_eq!([bounced(), bounced(), bounced()], [false, false, true], "three in a row");
    assert!(store.subscriber(reader).expect("queried").is_none());
    submit_by(&store, "nobody@example.org", None, Status::Approved, 3_000);
    let unconfirmed = send_confirmation(&store, 3_000).expect("queried");
    assert!(store.record_bounce(unconfirmed).expect("noted"), "an unconfirmed address is forgotten at the first bounce");
}
