//! Holds comments on old articles, which people have mostly read, while robots continue. An article of unknown age is never old.

use crate::screening::{CheckInput, Objection};

pub(super) fn check(input: &CheckInput<'_>) -> Option<Objection> {
    let article = input.facts.article.as_ref()?;
    article.has_age(input.policy.article_age_hold, input.now).then_some(Objection::Hold)
}
