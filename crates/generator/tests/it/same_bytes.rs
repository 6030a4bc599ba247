//! A full rebuild and any order of incremental ones give the same bytes.

use super::harness::{Case, files};
use ardoise_generator::Scope;
use ardoise_model::{CommentId, Decision, Order};
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use proptest::sample::Index;

const ARTICLES: [&str; 5] = ["/", "/a/", "/a/b/", "/a/b.html", "/été/"];

#[derive(Debug, Clone)]
enum Step {
    Submit { article: usize, answers: Option<Index> },
    Decide { which: Index, decision: Decision },
    Generate,
}

fn step() -> impl Strategy<Value = Step> {
    let decision = prop_oneof![
        4 => Just(Decision::Approve),
        1 => Just(Decision::Reject),
        1 => Just(Decision::Spam),
        1 => Just(Decision::Delete)
    ];
    prop_oneof![
        3 => (0..ARTICLES.len(), proptest::option::of(any::<Index>())).prop_map(|(article, answers)| Step::Submit { article, answers }),
        4 => (any::<Index>(), decision).prop_map(|(which, decision)| Step::Decide { which, decision }),
        2 => Just(Step::Generate)
    ]
}

fn take(case: &Case, step: &Step, comments: &mut Vec<(usize, CommentId)>) {
    match step {
        Step::Submit { article, answers } => {
            let above: Vec<_> = comments.iter().filter(|(of, _)| of == article).map(|(_, id)| id).collect();
            let parent = answers.filter(|_| !above.is_empty()).map(|index| *index.get(&above));
            let id = case.submit(ARTICLES[*article], &format!("Number *{}*", comments.len()), parent);
            comments.push((*article, id));
        }
        Step::Decide { which, decision } if !comments.is_empty() => case.decide(&which.get(comments).1, *decision),
        Step::Decide { .. } => {}
        Step::Generate => drop(case.generate(Scope::Changes)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn whichever_way_they_were_reached(steps in proptest::collection::vec(step(), 1..40), newest_first in any::<bool>()) {
        let case = Case::whole(if newest_first { Order::NewestFirst } else { Order::OldestFirst });
        // The first run on an empty folder is always full. The following ones are incremental.
        case.generate(Scope::Changes);
        let mut comments = Vec::new();
        for step in &steps {
            take(&case, step, &mut comments);
        }
        case.generate(Scope::Changes);
        prop_assert!(!case.store.has_work().expect("asked"), "no row of work is left behind");
        case.generator("fresh").run(Scope::Full, &|_, _| {}).expect("generated");
        assert_eq!(files(&case.path("published")), files(&case.path("fresh")));
        prop_assert_eq!(case.differences(), vec![]);
    }
}
