use super::*;

fn text(text: &str) -> Sample<'_> {
    Sample { author: "Ada", site: None, text }
}

fn training_samples(each: usize) -> Vec<(String, bool)> {
    let things = ["chalk", "the slate", "rain", "bread", "the second part", "awk", "my grandmother", "a door"];
    let good = (0..each).map(|n| (format!("I liked what you wrote about {} and number {n}", things[n % things.len()]), false));
    let bad = (0..each).map(|n| (format!("Order cheap watches at shop{n}.example.com, best price number {n}!!!"), true));
    good.chain(bad).collect()
}

fn learn(training_samples: &[(String, bool)]) -> Option<Bayes> {
    Bayes::learn(training_samples.iter().map(|(written, is_spam)| (text(written), *is_spam)))
}

pub(crate) fn learnt() -> Bayes {
    learn(&training_samples(ENOUGH)).expect("enough")
}

#[test]
fn abstains_until_it_has_seen_enough_of_both() {
    assert_eq!(learn(&training_samples(ENOUGH - 1)), None);
    assert_eq!(learn(&[]), None);
    let mut uneven = training_samples(ENOUGH * 2);
    uneven.truncate(ENOUGH * 3 - 1);
    assert_eq!(learn(&uneven), None);
}

#[test]
fn learned_samples_are_classified() {
    let bayes = learnt();
    let (good, bad) = (bayes.score(text("You wrote about rain, I liked it")), bayes.score(text("best watches, cheap: order now!!!")));
    assert!(good < 0.2 && bad > 0.7, "{good} {bad}");
    let hidden = bayes.score(text("best wat\u{200b}ches, chеap: ｏrder now!!!"));
    assert!(hidden > 0.7, "{hidden}");
}

#[test]
fn training_is_deterministic_and_depends_only_on_the_samples() {
    let all = training_samples(30);
    assert_eq!(learn(&all), learn(&all.clone()));
    let mut other = all.clone();
    other.last_mut().expect("lessons").1 = false;
    assert_ne!(learn(&all), learn(&other));
    other.last_mut().expect("lessons").1 = true;
    assert_eq!(learn(&all), learn(&other));
}

proptest::proptest! {
    #[test]
    fn any_text_has_a_score(author in ".{0,40}", site in proptest::option::of(".{0,40}"), written in "(?s).{0,400}") {
        let bayes = learnt();
        let sample = Sample { author: &author, site: site.as_deref(), text: &written };
        let score = bayes.score(sample);
        proptest::prop_assert!((0.0..=1.0).contains(&score));
        proptest::prop_assert!(score.to_bits() == bayes.score(sample).to_bits());
    }
}
