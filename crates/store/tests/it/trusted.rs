//! What the store tells the rules, and what it forgets.

use ardoise_model::{Decision, Questions, Sender, Status, Timestamp};

use crate::harness::{Case, on_both};

on_both! {
    a_challenge_lasts_and_the_last_few_count
    only_what_people_decided_teaches
    old_comments_are_tried_as_they_came
}

const HOUR: i64 = 3_600_000;

fn a_challenge_lasts_and_the_last_few_count(case: &Case) {
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

fn only_what_people_decided_teaches(case: &Case) {
    let training_samples = || {
        let training_samples = case.store.training_samples(100, case.now()).expect("lessons");
        let mut training_samples: Vec<_> = training_samples.into_iter().map(|lesson| (lesson.text, lesson.is_spam)).collect();
        training_samples.sort();
        training_samples
    };
    let lesson = |text: &str, is_spam: bool| (text.to_owned(), is_spam);
    let last = case.store.last_decision().expect("queried");
    case.approved("/a/", "good");
    let bad = case.submit("/a/", "bad", None);
    case.decide(&bad, Decision::Spam);
    let rude = case.submit("/a/", "rude", None);
    case.decide(&rude, Decision::Reject);
    case.submit("/a/", "waiting", None);
    case.submit_as("/a/", "a robot's, says a check", Status::Spam);
    case.submit_as("/a/", "let through just now", Status::Approved);
    assert_eq!(training_samples(), [lesson("bad", true), lesson("good", false)]);
    assert!(case.store.last_decision().expect("queried") > last);
    case.decide(&bad, Decision::Approve);
    assert_eq!(training_samples(), [lesson("bad", false), lesson("good", false)], "another decision is another lesson");
    case.decide(&bad, Decision::Hold);
    assert_eq!(training_samples(), [lesson("good", false)]);
    let later = Timestamp(case.now().0 + 8 * 24 * HOUR);
    assert!(case.store.training_samples(100, later).expect("lessons").iter().any(|lesson| lesson.text == "let through just now"));
    assert_eq!(case.store.training_samples(1, later).expect("lessons").len(), 1, "so many at most");
}

fn old_comments_are_tried_as_they_came(case: &Case) {
    let sender = Sender { network: None, author_key: Some("key".into()) };
    let first = case.submit_from(&sender, "one two three four five");
    case.decide(&first, Decision::Approve);
    case.submit_from(&sender, "One, two, three, four, five!");
    let questions = |_| Questions { approved: true, same_since: Some(Timestamp(0)), ..Questions::default() };
    let replay_samples = case.store.replay_samples(10, questions).expect("trials");
    let facts: Vec<_> = replay_samples.iter().map(|trial| (trial.facts.approved, trial.facts.same_before)).collect();
    assert_eq!(facts, [(1, Some(Status::Approved)), (0, None)], "the newest first");
}
