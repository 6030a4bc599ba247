//! What becomes of a submission whose fields are good.

use crate::{Article, Field, Refusal, Rule, Status, Submission, Timestamp, Verdict};

/// What the store knows about the article of a submission.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The article, if the site has it now.
    pub article: Option<Article>,
    /// Whether the comment that is answered belongs to the article.
    pub parent_known: bool,
}

/// What the owner has set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Only articles of the catalogue take comments.
    pub known_articles_only: bool,
    /// Everything waits for a moderator.
    pub hold_all: bool,
}

/// Takes a submission in with a status, or names what speaks against it.
///
/// A robot that fell into the trap gets the answer that anyone gets: it learns nothing, and its comment is spam.
pub fn admit(submission: &Submission, facts: &Facts, policy: Policy, now: Timestamp) -> Result<Verdict, Vec<Refusal>> {
    let article = match &facts.article {
        None if policy.known_articles_only => Some(Rule::UnknownArticle),
        Some(article) if !article.is_open(now) => Some(Rule::ClosedArticle),
        _ => None,
    };
    let parent = (submission.reply_to().is_some() && !facts.parent_known).then_some(Rule::UnknownComment);
    let refusals: Vec<_> = [(Field::Article, article), (Field::ReplyTo, parent)]
        .into_iter()
        .filter_map(|(field, rule)| rule.map(|rule| Refusal { field, rule }))
        .collect();
    if !refusals.is_empty() {
        return Err(refusals);
    }
    Ok(match (submission.is_trapped(), policy.hold_all) {
        (true, _) => Verdict { status: Status::Spam, layer: Some("honeypot") },
        (false, true) => Status::Pending.into(),
        (false, false) => Status::Approved.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ArticlePath, Draft};

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
            article: Some(Article { path: ArticlePath::from_stored("/a/".into()), title: "A".into(), open, closes_at: None }),
            parent_known: false,
        }
    }

    const NOW: Timestamp = Timestamp(1_000);
    const HELD: Policy = Policy { known_articles_only: true, hold_all: true };

    #[test]
    fn a_known_open_article_takes_comments() {
        assert_eq!(admit(&submission("", ""), &facts(true), HELD, NOW), Ok(Status::Pending.into()));
        assert_eq!(admit(&submission("", ""), &facts(true), Policy { hold_all: false, ..HELD }, NOW), Ok(Status::Approved.into()));
        assert_eq!(
            admit(&submission("buy", ""), &facts(true), Policy { hold_all: false, ..HELD }, NOW),
            Ok(Verdict { status: Status::Spam, layer: Some("honeypot") })
        );
        assert_eq!(
            admit(&submission("", ""), &Facts::default(), Policy { known_articles_only: false, ..HELD }, NOW),
            Ok(Status::Pending.into())
        );
    }

    #[test]
    fn an_article_closes_at_its_moment() {
        let mut facts = facts(true);
        for (closes_at, taken) in [(NOW.0 - 1, false), (NOW.0, false), (NOW.0 + 1, true)] {
            facts.article.as_mut().expect("an article").closes_at = Some(Timestamp(closes_at));
            assert_eq!(admit(&submission("", ""), &facts, HELD, NOW).is_ok(), taken, "{closes_at}");
        }
    }

    #[test]
    fn refusals_have_names() {
        let named = |r: Result<Verdict, Vec<Refusal>>| r.expect_err("refused").iter().map(|r| r.rule.name()).collect::<Vec<_>>();
        assert_eq!(named(admit(&submission("", ""), &Facts::default(), HELD, NOW)), ["unknown_article"]);
        assert_eq!(named(admit(&submission("", "7k2m9q4xrt"), &facts(false), HELD, NOW)), ["closed_article", "unknown_comment"]);
    }
}
