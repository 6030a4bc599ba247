//! Holds comments on old articles, which people have mostly read, while robots continue. An article of unknown age is never old.

use crate::screening::{Case, Suspicion};

pub(super) fn check(case: &Case<'_>) -> Option<Suspicion> {
    let article = case.facts.article.as_ref()?;
    article.has_age(case.policy.article_age_hold, case.now).then_some(Suspicion::Hold)
}
