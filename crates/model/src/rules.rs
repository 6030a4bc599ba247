//! Decides what happens to a submission with valid fields.

use crate::screening::{self, CheckInput, ContentInput, ContentResults, Objection, word};
use crate::{Facts, Field, HoldPolicy, Policy, Refusal, Rule, ScreeningState, Status, Submission, Timestamp, Verdict};

/// The result of the checks on a submission's content, which do not depend on the store. Computed before the transaction that stores the
/// submission, because other writers wait for that transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screened {
    content_results: ContentResults,
    refused_phrase: Option<Refusal>,
}

impl Screened {
    /// Checks the content. `policy` and `known` must be the same in [`admit_screened`].
    pub fn new(submission: &Submission, policy: &Policy, known: &ScreeningState) -> Self {
        let content_results = ContentResults::of(&ContentInput { submission, policy, known });
        Self { content_results, refused_phrase: word::refused_phrase(submission, &policy.words_refuse) }
    }
}

/// Decides on a submission's status, or returns the reasons to refuse it.
///
/// Of several objections the strongest counts. A submission that is certainly from a robot gets the same response as any other, so that the
/// robot learns nothing, and is stored as spam.
pub fn admit(
    submission: &Submission,
    facts: &Facts,
    policy: &Policy,
    known: &ScreeningState,
    now: Timestamp,
) -> Result<Verdict, Vec<Refusal>> {
    admit_screened(submission, &Screened::new(submission, policy, known), facts, policy, known, now)
}

/// Same as [`admit`], for a submission whose content was checked before.
pub fn admit_screened(
    submission: &Submission,
    screened: &Screened,
    facts: &Facts,
    policy: &Policy,
    known: &ScreeningState,
    now: Timestamp,
) -> Result<Verdict, Vec<Refusal>> {
    let article = match &facts.article {
        None if policy.known_articles_only => Some(Rule::UnknownArticle),
        Some(article) if !article.is_open(now) => Some(Rule::ClosedArticle),
        Some(article) if article.has_age(policy.close_after, now) => Some(Rule::OldArticle(policy.close_after)),
        _ => None,
    };
    let parent = (submission.reply_to().is_some() && !facts.parent_known).then_some(Rule::UnknownComment);
    let named = [(Field::Article, article), (Field::ReplyTo, parent)];
    let named = named.into_iter().filter_map(|(field, rule)| rule.map(|rule| Refusal { field, rule }));
    let refusals: Vec<_> = named.chain(screened.refused_phrase.clone()).collect();
    let input = CheckInput { submission, facts, policy, known, now };
    match screening::strongest(&screened.content_results, &input) {
        // Spam is accepted even with a refused word. A robot that was told about the word would leave it out next time.
        Some((Objection::Spam, layer)) if refusals.iter().all(|refusal| matches!(refusal.rule, Rule::Unwelcome(_))) => {
            Ok(Verdict { status: Status::Spam, layer: Some(layer) })
        }
        _ if !refusals.is_empty() => Err(refusals),
        Some((_, layer)) => Ok(Verdict { status: Status::Pending, layer: Some(layer) }),
        None if policy.hold == HoldPolicy::Everything => Ok(Status::Pending.into()),
        None => Ok(Status::Approved.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Article, ArticlePath, Draft};

    fn submission(trap: &str, reply_to: &str) -> Submission {
        let draft = Draft {
            article: "/a/".into(),
            author: "Ada".into(),
            text: "Hello".into(),
            trap: trap.into(),
            reply_to: reply_to.into(),
            ..Draft::default()
        };
        Submission::check(&draft, &"https://blog.example.org".parse().expect("an origin")).expect("a good draft")
    }

    fn facts(open: bool) -> Facts {
        Facts {
            article: Some(Article {
                path: ArticlePath::from_stored("/a/".into()),
                title: "A".into(),
                open,
                closes_at: None,
                dated_at: None,
            }),
            ..Facts::default()
        }
    }

    const NOW: Timestamp = Timestamp(1_000);

    fn taken(submission: &Submission, facts: &Facts, known_articles_only: bool, hold: HoldPolicy) -> Result<Verdict, Vec<Refusal>> {
        let policy = Policy { known_articles_only, hold, ..Policy::default() };
        admit(submission, facts, &policy, &ScreeningState::default(), NOW)
    }

    fn held(submission: &Submission, facts: &Facts) -> Result<Verdict, Vec<Refusal>> {
        taken(submission, facts, true, HoldPolicy::Everything)
    }

    #[test]
    fn a_known_open_article_takes_comments() {
        assert_eq!(held(&submission("", ""), &facts(true)), Ok(Status::Pending.into()));
        assert_eq!(taken(&submission("", ""), &facts(true), true, HoldPolicy::Suspicious), Ok(Status::Approved.into()));
        let spam = Verdict { status: Status::Spam, layer: Some("honeypot") };
        assert_eq!(taken(&submission("buy", ""), &facts(true), true, HoldPolicy::Suspicious), Ok(spam));
        assert_eq!(taken(&submission("", ""), &Facts::default(), false, HoldPolicy::Everything), Ok(Status::Pending.into()));
    }

    #[test]
    fn an_article_closes_at_its_moment() {
        let mut facts = facts(true);
        for (closes_at, taken) in [(NOW.0 - 1, false), (NOW.0, false), (NOW.0 + 1, true)] {
            facts.article.as_mut().expect("an article").closes_at = Some(Timestamp(closes_at));
            assert_eq!(held(&submission("", ""), &facts).is_ok(), taken, "{closes_at}");
        }
    }

    #[test]
    fn refusals_have_names() {
        let named = |r: Result<Verdict, Vec<Refusal>>| r.expect_err("refused").iter().map(|r| r.rule.name()).collect::<Vec<_>>();
        assert_eq!(named(held(&submission("", ""), &Facts::default())), ["unknown_article"]);
        assert_eq!(named(held(&submission("", "7k2m9q4xrt"), &facts(false))), ["closed_article", "unknown_comment"]);
    }
}
