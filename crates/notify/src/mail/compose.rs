//! Composes the mails, each as plain text and as HTML. Neither loads anything from the network.

use std::borrow::Cow;

use ardoise_model::{CommentId, Decision, Timestamp};
use ardoise_store::CommentDetail;
use askama::Template;

use crate::notifications::Notifications;
use crate::signed::Links;
use crate::texts::Texts;

/// The most comments that one mail quotes.
const MAX_QUOTED: usize = 20;
/// The most bytes of comments in one mail. Gmail shows only 102 KB of a mail, and hides the rest together with its links.
const MAX_BYTES: usize = 70_000;
/// The bytes around a comment: three links and their markup.
const FRAME_BYTES: usize = 2_000;
/// The most characters that are quoted of a comment. The page behind each link shows all of it and asks for confirmation.
const MAX_EXCERPT: usize = 3_000;

/// The subject and the body of a mail, the latter as plain text and as HTML.
pub(crate) struct Content {
    pub(crate) subject: String,
    pub(crate) plain: String,
    pub(crate) html: String,
}

#[derive(Template)]
#[template(path = "pending.html")]
struct PendingHtml<'a> {
    texts: &'a Texts,
    subject: &'a str,
    comments: &'a [Pending],
    /// The number of comments that are not quoted, as a sentence.
    more: Option<String>,
    /// The URL of the moderators' queue.
    queue: &'a str,
    /// The lifetime of the links, as a sentence.
    lifetime: String,
}

#[derive(Template)]
#[template(path = "pending.txt", escape = "none")]
struct PendingText<'a> {
    texts: &'a Texts,
    comments: &'a [Pending],
    /// The number of comments that are not quoted, as a sentence.
    more: Option<String>,
    /// The URL of the moderators' queue.
    queue: &'a str,
    /// The lifetime of the links, as a sentence.
    lifetime: String,
}

struct Pending {
    author: String,
    title: String,
    url: String,
    /// The reason why the comment is pending.
    why: String,
    quoted: String,
    html: String,
    approve: String,
    reject: String,
    spam: String,
}

/// Composes the mail that asks a moderator to decide on pending comments.
pub(crate) fn pending(
    notifications: &Notifications,
    links: &Links,
    moderator: &str,
    waiting: &[CommentDetail],
    now: Timestamp,
) -> askama::Result<Content> {
    let texts = notifications.language.texts();
    let link = |decision, detail: &CommentDetail| links.decide(decision, &detail.comment.id, detail.rulings(), moderator, now);
    let quote = |detail| {
        let CommentDetail { comment, .. }: &CommentDetail = detail;
        Pending {
            author: one_line(&comment.author),
            title: one_line(detail.article.display_title()),
            url: notifications.article_url(comment),
            why: why(texts, comment.layer.as_deref()),
            quoted: quoted(&excerpt(&comment.text)),
            html: ardoise_model::to_html(&excerpt(&comment.text)),
            approve: link(Decision::Approve, detail),
            reject: link(Decision::Reject, detail),
            spam: link(Decision::Spam, detail),
        }
    };
    let mut size = 0;
    let fits = |quoted: &Pending| {
        size += FRAME_BYTES + quoted.html.len() + quoted.author.len() + quoted.title.len();
        size <= MAX_BYTES
    };
    let comments: Vec<_> = waiting.iter().take(MAX_QUOTED).map(quote).take_while(fits).collect();
    let queue = &*format!("{}moderation", links.moderation_url);
    let more = Some(waiting.len() - comments.len()).filter(|more| *more > 0).map(texts.more);
    let lifetime = (texts.links)(days(links.lifetime));
    let subject = (texts.waiting)(waiting.len(), &notifications.title);
    let html =
        PendingHtml { texts, subject: &subject, comments: &comments, more: more.clone(), queue, lifetime: lifetime.clone() }.render()?;
    let plain = PendingText { texts, comments: &comments, more, queue, lifetime }.render()?;
    Ok(Content { subject, plain, html })
}

#[derive(Template)]
#[template(path = "reply.html")]
struct ReplyHtml<'a> {
    texts: &'a Texts,
    subject: &'a str,
    replies: &'a [Reply],
    /// The number of comments that are not quoted, as a sentence.
    more: Option<String>,
    leave_all: &'a str,
}

#[derive(Template)]
#[template(path = "reply.txt", escape = "none")]
struct ReplyText<'a> {
    texts: &'a Texts,
    replies: &'a [Reply],
    /// The number of comments that are not quoted, as a sentence.
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

/// Composes the mail that tells a reader of replies. Each reply comes with the reader's own comment above it.
pub(crate) fn replies(
    notifications: &Notifications,
    links: &Links,
    reader: i64,
    replies: &[(CommentDetail, CommentId)],
) -> askama::Result<Content> {
    let texts = notifications.language.texts();
    let quote = |(detail, own)| {
        let (CommentDetail { comment, .. }, own): (&CommentDetail, &CommentId) = (detail, own);
        Reply {
            author: one_line(&comment.author),
            title: one_line(detail.article.display_title()),
            url: notifications.comment_url(comment),
            quoted: quoted(&excerpt(&comment.text)),
            html: ardoise_model::to_html(&excerpt(&comment.text)),
            leave: links.leave(reader, Some(own)),
        }
    };
    let mut size = 0;
    let fits = |quoted: &Reply| {
        size += FRAME_BYTES + quoted.html.len() + quoted.author.len() + quoted.title.len();
        size <= MAX_BYTES
    };
    let quoted: Vec<_> = replies.iter().take(MAX_QUOTED).map(|(detail, own)| quote((detail, own))).take_while(fits).collect();
    let more = Some(replies.len() - quoted.len()).filter(|more| *more > 0).map(texts.more_replies);
    let leave_all = links.leave(reader, None);
    let subject = (texts.answered)(replies.len(), &notifications.title);
    let html = ReplyHtml { texts, subject: &subject, replies: &quoted, more: more.clone(), leave_all: &leave_all }.render()?;
    let plain = ReplyText { texts, replies: &quoted, more, leave_all: &leave_all }.render()?;
    Ok(Content { subject, plain, html })
}

#[derive(Template)]
#[template(path = "link.html")]
struct LinkHtml<'a> {
    texts: &'a Texts,
    subject: &'a str,
    before: &'a str,
    label: &'a str,
    url: &'a str,
    after: &'a str,
}

#[derive(Template)]
#[template(path = "link.txt", escape = "none")]
struct LinkText<'a> {
    texts: &'a Texts,
    before: &'a str,
    label: &'a str,
    url: &'a str,
    after: &'a str,
}

/// Composes the mail that asks for the confirmation of an address. It contains nothing that a visitor wrote.
pub(crate) fn confirm(notifications: &Notifications, links: &Links, reader: i64, now: Timestamp) -> askama::Result<Content> {
    let texts = notifications.language.texts();
    let url = links.confirm(reader, now);
    let (before, after) = ((texts.confirm_asked)(&notifications.title), (texts.confirm_otherwise)(days(links.lifetime)));
    let text = LinkText { texts, before: &before, label: texts.confirm, url: &url, after: &after };
    one_link((texts.confirm_subject)(&notifications.title), &text)
}

/// Composes the mail with a sign-in link.
pub(crate) fn sign_in(notifications: &Notifications, url: &str) -> askama::Result<Content> {
    let texts = notifications.language.texts();
    let text = LinkText { texts, before: "", label: texts.sign_in, url, after: texts.sign_in_once };
    one_link((texts.sign_in_subject)(&notifications.title), &text)
}

/// Composes a mail with a single link.
fn one_link(subject: String, text: &LinkText<'_>) -> askama::Result<Content> {
    let LinkText { texts, before, label, url, after } = *text;
    let html = LinkHtml { texts, subject: &subject, before, label, url, after }.render()?;
    Ok(Content { plain: text.render()?, subject, html })
}

/// The characters at which mail programs may break a line.
const BREAKS: [char; 9] = ['\n', '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{85}', '\u{2028}', '\u{2029}'];

/// Quotes a visitor's text: marks every line, wherever a mail program may break one, so that none can pass for a line of the mail itself.
fn quoted(text: &str) -> String {
    text.split(BREAKS).map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}

/// Removes the line breaks from a name or a title.
fn one_line(text: &str) -> String {
    text.split(BREAKS).flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// Returns the beginning of a long text.
fn excerpt(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(MAX_EXCERPT) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// Returns the reason why a comment is pending.
fn why(texts: &Texts, layer: Option<&str>) -> String {
    match layer {
        Some(layer) => (texts.layer)(layer).map_or_else(|| layer.to_owned(), |noticed| format!("{layer} ({noticed})")),
        None => texts.held_anyway.to_owned(),
    }
}

/// Returns a lifetime in whole days, at least one.
fn days(lifetime: i64) -> i64 {
    (lifetime / Timestamp::DAY).max(1)
}

#[cfg(test)]
#[path = "compose_tests.rs"]
mod tests;
