use crate::fields::{self, author, site, text};
use crate::screening::duplicate;
use crate::screening::name::NormalisedName;
use crate::{ArticlePath, CommentId, Field, Origin, Proof, Refusal, Rule, key};

/// A submission as sent, field by field, unchecked. A missing field is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// The path or URL of the article.
    pub article: String,
    /// The author's name.
    pub author: String,
    /// The text, in Markdown.
    pub text: String,
    /// The e-mail address, optional.
    pub email: String,
    /// The author's web site, optional.
    pub site: String,
    /// The id of the comment that this one answers, optional.
    pub reply_to: String,
    /// The honeypot: a field that people do not see, so that only robots fill it.
    pub trap: String,
    /// Whether to notify the author of answers by mail: true unless empty, `false`, `off` or `0`.
    pub notify: String,
    /// The secret that the author's browser keeps.
    pub key: String,
    /// The proof of work: `<challenge>.<nonce>`.
    pub proof: String,
    /// The time since the form was first touched, in whole seconds.
    pub elapsed: String,
}

/// A submission whose fields are all valid. [`Submission::check`] is the only constructor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    article: ArticlePath,
    author: String,
    text: String,
    email: Option<String>,
    site: Option<String>,
    reply_to: Option<CommentId>,
    fingerprint: String,
    signature: NormalisedName,
    signals: ClientSignals,
}

/// Data about the client that distinguishes people from robots, and authors from each other. Invisible to readers, so it may be missing,
/// but it is never an error.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ClientSignals {
    trapped: bool,
    key: Option<String>,
    proof: Option<Proof>,
    elapsed: Option<u64>,
}

impl Submission {
    /// Checks every field and returns all errors at once, so that a reader can correct the form in one go.
    pub fn check(draft: &Draft, origin: &Origin) -> Result<Self, Vec<Refusal>> {
        let mut refusals = Vec::new();
        let article = keep(&mut refusals, Field::Article, article(&draft.article, origin));
        let author = keep(&mut refusals, Field::Author, author::check(&draft.author));
        let text = keep(&mut refusals, Field::Text, text::check(&draft.text));
        let email = keep(&mut refusals, Field::Email, email(draft));
        let site = keep(&mut refusals, Field::Site, site::check(&draft.site));
        let reply_to = keep(&mut refusals, Field::ReplyTo, reply_to(&draft.reply_to));
        match (article, author, text, email, site, reply_to) {
            (Some(article), Some(author), Some(text), Some(email), Some(site), Some(reply_to)) => {
                let fingerprint = duplicate::fingerprint(&text);
                let signature = NormalisedName::of(&author);
                Ok(Self { article, author, text, email, site, reply_to, fingerprint, signature, signals: ClientSignals::of(draft) })
            }
            _ => Err(refusals),
        }
    }

    /// The article that it is for.
    pub fn article(&self) -> &ArticlePath {
        &self.article
    }

    /// The author's name.
    pub fn author(&self) -> &str {
        &self.author
    }

    /// The text as typed, in Markdown, with `
    /// ` as line break.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The address for notifications of answers, if the author wants them.
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// The author's web site, if given.
    pub fn site(&self) -> Option<&str> {
        self.site.as_deref()
    }

    /// The comment that this one answers, if any.
    pub fn reply_to(&self) -> Option<&CommentId> {
        self.reply_to.as_ref()
    }

    /// Whether the honeypot was filled.
    pub fn is_trapped(&self) -> bool {
        self.signals.trapped
    }

    /// A hash of the secret that the author's browser keeps. It identifies the browser.
    pub fn author_key(&self) -> Option<&str> {
        self.signals.key.as_deref()
    }

    /// The proof of work, if any.
    pub fn proof(&self) -> Option<&Proof> {
        self.signals.proof.as_ref()
    }

    /// The time that the author took, in seconds, as reported by the browser.
    pub fn elapsed(&self) -> Option<u64> {
        self.signals.elapsed
    }

    /// The normalised name, for comparison with others.
    pub(crate) fn signature(&self) -> &NormalisedName {
        &self.signature
    }

    /// A fingerprint that is equal for texts with the same words. Empty if there are too few words to be distinctive.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

impl ClientSignals {
    fn of(draft: &Draft) -> Self {
        let trapped = !draft.trap.trim().is_empty();
        Self {
            trapped,
            key: key::hash(&draft.key),
            proof: Proof::parse(&draft.proof, &draft.article, &draft.text),
            elapsed: draft.elapsed.trim().parse().ok(),
        }
    }
}

fn keep<T>(refusals: &mut Vec<Refusal>, field: Field, checked: Result<T, Rule>) -> Option<T> {
    checked.map_err(|rule| refusals.push(Refusal { field, rule })).ok()
}

fn article(sent: &str, origin: &Origin) -> Result<ArticlePath, Rule> {
    if sent.trim().is_empty() {
        return Err(Rule::Required);
    }
    ArticlePath::parse(sent, origin).map_err(Rule::NotAnArticle)
}

/// Returns the address only if the author wants notifications of answers. Otherwise it is not needed and is dropped.
fn email(draft: &Draft) -> Result<Option<String>, Rule> {
    let address = fields::email::check(&draft.email)?;
    match draft.notify.trim().to_ascii_lowercase().as_str() {
        "" | "false" | "off" | "0" => Ok(None),
        _ if address.is_none() => Err(Rule::Required),
        _ => Ok(address),
    }
}

fn reply_to(sent: &str) -> Result<Option<CommentId>, Rule> {
    match sent.trim() {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| Rule::UnknownComment),
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn origin() -> Origin {
        "https://blog.example.org".parse().expect("an origin")
    }

    #[test]
    fn a_good_draft_becomes_a_submission() {
        let draft = Draft {
            article: "/a".into(),
            author: " Ada ".into(),
            text: "Hello\r\nthere".into(),
            site: "ada.example".into(),
            trap: " ".into(),
            ..Draft::default()
        };
        let submission = Submission::check(&draft, &origin()).expect("it is good");
        assert_eq!(submission.article().as_str(), "/a/");
        assert_eq!((submission.author(), submission.text()), ("Ada", "Hello\nthere"));
        assert_eq!((submission.email(), submission.site()), (None, Some("https://ada.example/")));
        assert!(!submission.is_trapped());
    }

    #[test]
    fn an_address_is_dropped_without_a_subscription() {
        let address = |email: &str, notify: &str| {
            let draft = Draft { article: "/a/".into(), author: "Ada".into(), text: "Hello".into(), ..Draft::default() };
            let draft = Draft { email: email.into(), notify: notify.into(), ..draft };
            Submission::check(&draft, &origin())
                .map(|submission| submission.email().map(str::to_owned))
                .map_err(|refusals| refusals[0].rule.name())
        };
        for no in ["", " ", "false", "OFF", "0"] {
            assert_eq!(address("ada@example.org", no), Ok(None));
        }
        assert_eq!(address("ada@example.org", "on"), Ok(Some("ada@example.org".into())));
        assert_eq!(address("", "true"), Err("required"));
        assert_eq!(address("nobody", ""), Err("not_an_email"));
    }

    #[test]
    fn everything_wrong_is_named_at_once() {
        let draft = Draft { email: "nobody".into(), reply_to: "x".into(), ..Draft::default() };
        let refusals = Submission::check(&draft, &origin()).expect_err("it is bad");
        let named: Vec<_> = refusals.iter().map(|r| (r.field.as_str(), r.rule.name())).collect();
        assert_eq!(
            named,
            [
                ("article", "required"),
                ("author", "required"),
                ("text", "required"),
                ("email", "not_an_email"),
                ("reply_to", "unknown_comment")
            ]
        );
    }
}
