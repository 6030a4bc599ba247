//! Its article is old: people have read it by then, and robots go on. An article of which nobody knows the age is never old.

use crate::screening::{Case, Suspicion};

pub(super) fn check(case: &Case<'_>) -> Option<Suspicion> {
    let article = case.facts.article.as_ref()?;
    article.has_age(case.policy.article_age_hold, case.now).then_some(Suspicion::Hold)
}
