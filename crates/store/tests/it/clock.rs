//! A clock that is wrong by years when a machine has started, and right soon after.

use ardoise_model::{Status, Timestamp};
use ardoise_store::{RetentionLimits, RetentionReport, Store};
use pretty_assertions::assert_eq;

use crate::harness::{Case, on_both, submission};

on_both! {
    nothing_is_deleted_while_the_clock_is_wrong
    dates_in_the_future_are_corrected
}

const NOW: Timestamp = Timestamp(1_489_307_400_000);
const IN_2038: Timestamp = Timestamp(2_147_483_647_000);

fn keep(now: Timestamp) -> RetentionLimits {
    let since = Timestamp(now.0 - 30 * Timestamp::DAY);
    RetentionLimits { refused_since: Some(since), networks_since: since }
}

fn nothing_is_deleted_while_the_clock_is_wrong(case: &Case) {
    let store = &case.store;
    store.confirm_clock(NOW, false).expect("noted");
    let id = store.submit(submission("/a/", "Rejected", None), Status::Rejected, NOW).expect("stored").id;
    let key = store.rotate_secret("network", NOW, Timestamp::DAY).expect("a key");
    let challenges = store.challenges(NOW, Timestamp::HOUR).expect("one");
    let link = store.invite("Ada", NOW).expect("a link");
    let cookie = store.sign_in(&link, "Firefox", NOW).expect("queried").expect("a cookie");

    for wrong in [IN_2038, Timestamp(0)] {
        store.confirm_clock(wrong, false).expect("called");
        assert!(!store.trusts_clock(wrong).expect("queried"));
        assert_eq!(store.clear(keep(wrong), wrong).expect("looked"), RetentionReport::default());
        assert_eq!(store.rotate_secret("network", wrong, Timestamp::DAY).expect("a key"), key);
        assert_eq!(store.challenges(wrong, Timestamp::HOUR).expect("one"), challenges);
        assert_eq!(store.forget_unconfirmed(wrong, wrong).expect("looked"), 0);
        let link = store.invite("Bea", wrong).expect("a link");
        store.sign_in(&link, "Firefox", wrong).expect("queried").expect("a cookie");
    }
    store.detail(&id).expect("it is still there");
    assert!(store.session(&cookie, NOW).expect("queried").is_some());

    // Another process that starts while the clock is wrong does not trust it either.
    let other = Store::open(&case.url).expect("another process");
    other.submit(submission("/a/", "Dated wrong", None), Status::Pending, IN_2038).expect("stored");
    other.confirm_clock(IN_2038, false).expect("called");
    assert!(!other.trusts_clock(IN_2038).expect("queried"));

    // A clock that has run evenly for long enough is trusted, whatever its time.
    store.confirm_clock(IN_2038, true).expect("noted");
    assert_eq!(store.clear(keep(IN_2038), IN_2038).expect("cleared").removed, 1);
    assert_ne!(store.rotate_secret("network", IN_2038, Timestamp::DAY).expect("a key"), key);
}

fn dates_in_the_future_are_corrected(case: &Case) {
    let store = &case.store;
    store.confirm_clock(NOW, false).expect("noted");
    let right = store.submit(submission("/a/", "Right", None), Status::Approved, NOW).expect("stored").id;
    let wrong = store.submit(submission("/a/", "Wrong", None), Status::Approved, IN_2038).expect("stored").id;
    let early = store.submit(submission("/b/", "Early", None), Status::Approved, Timestamp(0)).expect("stored").id;
    assert_eq!(store.detail(&early).expect("there").comment.created_at, NOW, "the confirmed time is later");
    case.finish();
    let corrected = Timestamp(NOW.0 + 2 * Timestamp::HOUR);
    store.confirm_clock(corrected, false).expect("noted");
    assert_eq!(store.detail(&right).expect("there").comment.created_at, NOW);
    assert_eq!(store.detail(&wrong).expect("there").comment.created_at, corrected);
    assert_eq!(case.finish(), 1, "and published anew");
}
