//! What each kind of letter says, as plain text and as HTML, neither of which fetches anything.

use std::borrow::Cow;

use ardoise_model::{CommentId, Decision, Timestamp};
use ardoise_store::CommentDetail;
use askama::Template;

use crate::notifications::{DispatchContext, Notifications, title};
use crate::words::Words;

/// As many comments are quoted in one mail.
const MOST_QUOTED: usize = 20;
/// Gmail shows no more than 102 KB of a mail, and hides what comes behind, links to decide among it. As many bytes of comments are in one.
const MOST_BYTES: usize = 70_000;
/// What stands around a comment: three links, and how they look.
const FRAME: usize = 2_000;
/// As many characters of a comment are quoted. Whoever decides sees all of it behind the link, and is asked once more.
const LONGEST: usize = 3_000;

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
    comments: &'a [Pending],
    /// There are more than these.
    more: Option<String>,
    /// The moderators' queue.
    queue: &'a str,
    /// How long links are good.
    links: String,
}

#[derive(Template)]
#[template(path = "pending.txt", escape = "none")]
struct PendingText<'a> {
    words: &'a Words,
    comments: &'a [Pending],
    /// There are more than these.
    more: Option<String>,
    /// The moderators' queue.
    queue: &'a str,
    /// How long links are good.
    links: String,
}

struct Pending {
    author: String,
    title: String,
    url: String,
    /// The reason why it waits.
    why: String,
    quoted: String,
    html: String,
    approve: String,
    reject: String,
    spam: String,
}

/// Comments that wait, for a moderator who is to decide.
pub(crate) fn pending(
    (outgoing, means): (&Notifications, &DispatchContext),
    moderator: &str,
    waiting: &[CommentDetail],
    now: Timestamp,
) -> askama::Result<Written> {
    let words = outgoing.language.words();
    let link = |decision, detail: &CommentDetail| means.links.decide(decision, (&detail.comment.id, detail.rulings()), moderator, now);
    let one = |detail| {
        let CommentDetail { comment, .. }: &CommentDetail = detail;
        Pending {
            author: one_line(&comment.author),
            title: one_line(title(detail)),
            url: outgoing.article_url(comment),
            why: why(words, comment.layer.as_deref()),
            quoted: quoted(&excerpt(&comment.text)),
            html: ardoise_model::to_html(&excerpt(&comment.text)),
            approve: link(Decision::Approve, detail),
            reject: link(Decision::Reject, detail),
            spam: link(Decision::Spam, detail),
        }
    };
    let mut size = 0;
    let fits = |one: &Pending| {
        size += FRAME + one.html.len() + one.author.len() + one.title.len();
        size <= MOST_BYTES
    };
    let comments: Vec<_> = waiting.iter().take(MOST_QUOTED).map(one).take_while(fits).collect();
    let queue = &*format!("{}moderation", means.links.moderation_url);
    let more = Some(waiting.len() - comments.len()).filter(|more| *more > 0).map(words.more);
    let links = (words.links)(days(means.links.lifetime));
    let subject = (words.waiting)(waiting.len(), &outgoing.title);
    let html = PendingHtml { words, subject: &subject, comments: &comments, more: more.clone(), queue, links: links.clone() }.render()?;
    let plain = PendingText { words, comments: &comments, more, queue, links }.render()?;
    Ok(Written { subject, plain, html })
}

#[derive(Template)]
#[template(path = "reply.html")]
struct ReplyHtml<'a> {
    words: &'a Words,
    subject: &'a str,
    answers: &'a [Reply],
    /// There are more than these.
    more: Option<String>,
    leave_all: &'a str,
}

#[derive(Template)]
#[template(path = "reply.txt", escape = "none")]
struct ReplyText<'a> {
    words: &'a Words,
    answers: &'a [Reply],
    /// There are more than these.
    more: Option<String>,
    leave_all: &'a str,
}

struct Reply {
    author: String,
    title: String,
    url: String,
    quoted: String,
    html: String,
    leave: String,
}

/// Answers, each with the reader's own comment above it.
pub(crate) fn replies(
    (outgoing, means): (&Notifications, &DispatchContext),
    reader: i64,
    answers: &[(CommentDetail, CommentId)],
) -> askama::Result<Written> {
    let words = outgoing.language.words();
    let one = |(detail, own)| {
        let (CommentDetail { comment, .. }, own): (&CommentDetail, &CommentId) = (detail, own);
        Reply {
            author: one_line(&comment.author),
            title: one_line(title(detail)),
            url: outgoing.comment_url(comment),
            quoted: quoted(&excerpt(&comment.text)),
            html: ardoise_model::to_html(&excerpt(&comment.text)),
            leave: means.links.leave(reader, Some(own)),
        }
    };
    let mut size = 0;
    let fits = |one: &Reply| {
        size += FRAME + one.html.len() + one.author.len() + one.title.len();
        size <= MOST_BYTES
    };
    let quoted: Vec<_> = answers.iter().take(MOST_QUOTED).map(|(detail, own)| one((detail, own))).take_while(fits).collect();
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
    words: &'a Words,
    before: &'a str,
    label: &'a str,
    url: &'a str,
    after: &'a str,
}

/// Whether an address is its reader's. Nothing in it was written by a stranger.
pub(crate) fn confirm((outgoing, means): (&Notifications, &DispatchContext), reader: i64, now: Timestamp) -> askama::Result<Written> {
    let words = outgoing.language.words();
    let url = means.links.confirm(reader, now);
    let (before, after) = ((words.confirm_asked)(&outgoing.title), (words.confirm_otherwise)(days(means.links.lifetime)));
    one_link(words, (words.confirm_subject)(&outgoing.title), (&before, words.confirm, &url, &after))
}

/// A moderator's way in.
pub(crate) fn sign_in(outgoing: &Notifications, url: &str) -> askama::Result<Written> {
    let words = outgoing.language.words();
    one_link(words, (words.sign_in_subject)(&outgoing.title), ("", words.sign_in, url, words.sign_in_once))
}

fn one_link(words: &Words, subject: String, (before, label, url, after): (&str, &str, &str, &str)) -> askama::Result<Written> {
    let html = LinkHtml { words, subject: &subject, before, label, url, after }.render()?;
    let plain = LinkText { words, before, label, url, after }.render()?;
    Ok(Written { subject, plain, html })
}

/// Where mail programs may begin a line.
const BREAKS: [char; 9] = ['\n', '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{85}', '\u{2028}', '\u{2029}'];

/// What a stranger wrote is marked as such on every line, wherever a mail program may begin one: none of them can pass for ours.
fn quoted(text: &str) -> String {
    text.split(BREAKS).map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}

/// A name or a title, which stand in a line of ours.
fn one_line(text: &str) -> String {
    text.split(BREAKS).flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// The beginning of a long text.
fn excerpt(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// Why a comment waits.
fn why(words: &Words, layer: Option<&str>) -> String {
    match layer {
        Some(layer) => (words.layer)(layer).map_or_else(|| layer.to_owned(), |noticed| format!("{layer} ({noticed})")),
        None => words.held_anyway.to_owned(),
    }
}

fn days(lifetime: i64) -> i64 {
    (lifetime / Timestamp::DAY).max(1)
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
