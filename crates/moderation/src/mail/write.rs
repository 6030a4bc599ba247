//! What each kind of letter says, as plain text and as HTML, neither of which fetches anything.

use ardoise_model::{CommentId, Decision, Timestamp};
use ardoise_store::CommentDetail;
use askama::Template;

use crate::outgoing::{Means, Outgoing, title};
use crate::words::Words;

/// As many comments are quoted in one mail.
const MOST_QUOTED: usize = 20;

/// A subject, and what it is about in two forms.
pub(crate) struct Written {
    pub(crate) subject: String,
    pub(crate) plain: String,
    pub(crate) html: String,
}

#[derive(Template)]
#[template(path = "pending.html")]
struct PendingHtml<'a> {
    words: &'a Words,
    subject: &'a str,
    comments: &'a [Pending<'a>],
    /// There are more than these.
    more: Option<String>,
    /// How long links are good.
    links: String,
}

#[derive(Template)]
#[template(path = "pending.txt", escape = "none")]
struct PendingText<'a> {
    words: &'a Words,
    comments: &'a [Pending<'a>],
    /// There are more than these.
    more: Option<String>,
    /// How long links are good.
    links: String,
}

struct Pending<'a> {
    author: &'a str,
    title: &'a str,
    url: String,
    layer: Option<&'a str>,
    quoted: String,
    html: String,
    approve: String,
    reject: String,
    spam: String,
}

/// Comments that wait, for a moderator who is to decide.
pub(crate) fn pending(
    (outgoing, means): (&Outgoing, &Means),
    moderator: &str,
    waiting: &[CommentDetail],
    now: Timestamp,
) -> askama::Result<Written> {
    let words = outgoing.language.words();
    let link = |decision, detail: &CommentDetail| means.links.decide(decision, (&detail.comment.id, detail.rulings()), moderator, now);
    let one = |detail| {
        let CommentDetail { comment, .. }: &CommentDetail = detail;
        Pending {
            author: &comment.author,
            title: title(detail),
            url: outgoing.article_url(comment),
            layer: comment.layer.as_deref(),
            quoted: quoted(&comment.text),
            html: ardoise_model::to_html(&comment.text),
            approve: link(Decision::Approve, detail),
            reject: link(Decision::Reject, detail),
            spam: link(Decision::Spam, detail),
        }
    };
    let comments: Vec<_> = waiting.iter().take(MOST_QUOTED).map(one).collect();
    let more = Some(waiting.len() - comments.len()).filter(|more| *more > 0).map(words.more);
    let links = (words.links)(days(means.links.lifetime));
    let subject = (words.waiting)(waiting.len(), &outgoing.title);
    let html = PendingHtml { words, subject: &subject, comments: &comments, more: more.clone(), links: links.clone() }.render()?;
    let plain = PendingText { words, comments: &comments, more, links }.render()?;
    Ok(Written { subject, plain, html })
}

#[derive(Template)]
#[template(path = "reply.html")]
struct ReplyHtml<'a> {
    words: &'a Words,
    subject: &'a str,
    answers: &'a [Reply<'a>],
    /// There are more than these.
    more: Option<String>,
    leave_all: &'a str,
}

#[derive(Template)]
#[template(path = "reply.txt", escape = "none")]
struct ReplyText<'a> {
    words: &'a Words,
    answers: &'a [Reply<'a>],
    /// There are more than these.
    more: Option<String>,
    leave_all: &'a str,
}

struct Reply<'a> {
    author: &'a str,
    title: &'a str,
    url: String,
    quoted: String,
    html: String,
    leave: String,
}

/// Answers, each with the reader's own comment above it.
pub(crate) fn replies(
    (outgoing, means): (&Outgoing, &Means),
    reader: i64,
    answers: &[(CommentDetail, CommentId)],
) -> askama::Result<Written> {
    let words = outgoing.language.words();
    let one = |(detail, own)| {
        let (CommentDetail { comment, .. }, own): (&CommentDetail, &CommentId) = (detail, own);
        Reply {
            author: &comment.author,
            title: title(detail),
            url: outgoing.comment_url(comment),
            quoted: quoted(&comment.text),
            html: ardoise_model::to_html(&comment.text),
            leave: means.links.leave(reader, Some(own)),
        }
    };
    let quoted: Vec<_> = answers.iter().take(MOST_QUOTED).map(|(detail, own)| one((detail, own))).collect();
    let more = Some(answers.len() - quoted.len()).filter(|more| *more > 0).map(words.more_answers);
    let leave_all = means.links.leave(reader, None);
    let subject = (words.answered)(answers.len(), &outgoing.title);
    let html = ReplyHtml { words, subject: &subject, answers: &quoted, more: more.clone(), leave_all: &leave_all }.render()?;
    let plain = ReplyText { words, answers: &quoted, more, leave_all: &leave_all }.render()?;
    Ok(Written { subject, plain, html })
}

#[derive(Template)]
#[template(path = "link.html")]
struct LinkHtml<'a> {
    words: &'a Words,
    subject: &'a str,
    before: &'a str,
    label: &'a str,
    url: &'a str,
    after: &'a str,
}

#[derive(Template)]
#[template(path = "link.txt", escape = "none")]
struct LinkText<'a> {
    before: &'a str,
    label: &'a str,
    url: &'a str,
    after: &'a str,
}

/// Whether an address is its reader's. Nothing in it was written by a stranger.
pub(crate) fn confirm((outgoing, means): (&Outgoing, &Means), reader: i64, now: Timestamp) -> askama::Result<Written> {
    let words = outgoing.language.words();
    let url = means.links.confirm(reader, now);
    let (before, after) = ((words.confirm_asked)(&outgoing.title), (words.confirm_otherwise)(days(means.links.lifetime)));
    one_link(words, (words.confirm_subject)(&outgoing.title), (&before, words.confirm, &url, &after))
}

/// A moderator's way in.
pub(crate) fn sign_in(outgoing: &Outgoing, url: &str) -> askama::Result<Written> {
    let words = outgoing.language.words();
    one_link(words, (words.sign_in_subject)(&outgoing.title), ("", words.sign_in, url, words.sign_in_once))
}

fn one_link(words: &Words, subject: String, (before, label, url, after): (&str, &str, &str, &str)) -> askama::Result<Written> {
    let html = LinkHtml { words, subject: &subject, before, label, url, after }.render()?;
    let plain = LinkText { before, label, url, after }.render()?;
    Ok(Written { subject, plain, html })
}

/// What a stranger wrote is marked as such on every line, wherever a mail program may begin one: none of them can pass for ours.
fn quoted(text: &str) -> String {
    text.split(['\n', '\u{2028}', '\u{2029}']).map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}

fn days(lifetime: i64) -> i64 {
    (lifetime / Timestamp::DAY).max(1)
}
