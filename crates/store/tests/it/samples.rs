//! Challenges, training samples and replay samples.

use ardoise_model::{Decision, FactsQuery, SenderHashes, Status, Timestamp};

use crate::harness::{Case, on_both};

on_both! {
    the_last_few_challenges_are_accepted
    only_decisions_of_people_make_training_samples
    replayed_comments_have_the_facts_of_their_time
}

const HOUR: i64 = 3_600_000;

fn the_last_few_challenges_are_accepted(case: &Case) {
    let at = |hours: i64| case.store.challenges(Timestamp(hours * HOUR), HOUR).expect("challenges");
    assert_eq!(case.store.newest_challenge().expect("queried"), None);
    let first = at(1);
    assert_eq!((first.len(), first[0].len()), (1, 32));
    assert_eq!(case.store.challenges(Timestamp(2 * HOUR - 1), HOUR).expect("challenges"), first, "it is fresh");
    let second = at(2);
    assert_eq!((second.len(), &second[1]), (2, &first[0]));
    assert_eq!(case.store.newest_challenge().expect("queried").as_ref(), second.first());
    (3..9).for_each(|hour| drop(at(hour)));
    let last = at(9);
    assert!(last.len() == 4 && !last.contains(&first[0]) && !last.contains(&second[0]), "{last:?}");
    assert_eq!(at(5)[1..], last[..3], "one from the future was drawn by a wrong clock");
}

fn only_decisions_of_people_make_training_samples(case: &Case) {
    let training_samples = || {
        let training_samples = case.store.training_samples(100, case.now()).expect("samples");
        let mut training_samples: Vec<_> = training_samples.into_iter().map(|sample| (sample.text, sample.is_spam)).collect();
        training_samples.sort();
        training_samples
    };
    let sample = |text: &str, is_spam: bool| (text.to_owned(), is_spam);
    let last = case.store.last_decision().expect("queried");
    case.approved("/a/", "good");
    let bad = case.submit("/a/", "bad", None);
    case.decide(&bad, Decision::Spam);
    let rude = case.submit("/a/", "rude", None);
    case.decide(&rude, Decision::Reject);
    case.submit("/a/", "waiting", None);
    case.submit_as("/a/", "called spam by a check", Status::Spam);
    case.submit_as("/a/", "approved just now", Status::Approved);
    assert_eq!(training_samples(), [sample("bad", true), sample("good", false)]);
    assert!(case.store.last_decision().expect("queried") > last);
    case.decide(&bad, Decision::Approve);
    assert_eq!(training_samples(), [sample("bad", false), sample("good", false)], "another decision makes another sample");
    case.decide(&bad, Decision::Hold);
    assert_eq!(training_samples(), [sample("good", false)]);
    let later = Timestamp(case.now().0 + 8 * 24 * HOUR);
    assert!(case.store.training_samples(100, later).expect("samples").iter().any(|sample| sample.text == "approved just now"));
    assert_eq!(case.store.training_samples(1, later).expect("samples").len(), 1, "so many at most");
}

fn replayed_comments_have_the_facts_of_their_time(case: &Case) {
    let sender = SenderHashes { network: None, author_key: Some("key".into()) };
    let first = case.submit_from(&sender, "one two three four five");
    case.decide(&first, Decision::Approve);
    case.submit_from(&sender, "One, two, three, four, five!");
    let questions = |_| FactsQuery { approved: true, same_since: Some(Timestamp(0)), ..FactsQuery::default() };
    let replay_samples = case.store.replay_samples(10, questions).expect("samples");
    let facts: Vec<_> = replay_samples.iter().map(|sample| (sample.facts.approved, sample.facts.same_before)).collect();
    assert_eq!(facts, [(1, Some(Status::Approved)), (0, None)], "the newest first");
}
