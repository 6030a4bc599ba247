//! Counts links in the text: with `https://` or `www.`, because `main.rs` looks like a host name too. The author's site is in its own field
//! and does not count.

use crate::screening::bayes::features;
use crate::screening::words::plain;
use crate::screening::{ContentInput, Objection};

pub(super) fn check(input: &ContentInput<'_>) -> Option<Objection> {
    let (hold, spam) = (input.policy.links_hold, input.policy.links_spam);
    if hold == 0 && spam == 0 {
        return None;
    }
    let links = features::links(&plain(input.submission.text()));
    let count = links.iter().filter(|link| link.contains("://") || link.starts_with("www.")).count();
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let reaches = |least: u32| least > 0 && count >= least;
    match () {
        () if reaches(spam) => Some(Objection::Spam),
        () if reaches(hold) => Some(Objection::Hold),
        () => None,
    }
}
