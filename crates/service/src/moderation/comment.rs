//! The page of one comment: what is around it, what became of it, and what else can be done about it.

use ardoise_model::{Comment, CommentId, Decision, Rule, Status};
use ardoise_notify::{OwnerReply, OwnerReplyError};
use ardoise_store::CommentDetail;
use askama::Template;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use url::form_urlencoded::{Serializer, byte_serialize};

use super::act;
use super::call::Call;
use super::card::{self, Card, Choice, Mention};
use super::dates;
use super::door::Visitor;
use super::frame::Frame;
use super::notice::{self, Deed, Done, Notice};
use super::queue::View;
use super::reply::{Outcome, Refused, Reply};
use super::state::ModerationState;
use crate::audit_log;

/// Of many changes of a text the page shows the first and the last: each may be as long as a comment.
const FIRST_EDITS: u32 = 3;
const LAST_EDITS: u32 = 7;

#[derive(Template)]
#[template(path = "moderation/comment.html")]
struct Page<'a> {
    frame: Frame<'a>,
    /// The list that it was opened from.
    view: View,
    notice: Option<Notice>,
    card: Card,
    above: Vec<Mention>,
    below: Vec<Mention>,
    history: Vec<Event>,
    edit: Form<'a>,
    reply: Form<'a>,
    /// Which text the form for it was made of.
    base: String,
    reply_as: String,
    /// The answer to it would be hidden.
    is_hidden: bool,
    hold: Option<Choice>,
    is_banned: bool,
}

/// A text that is being written, and what is wrong with it.
struct Form<'a> {
    text: &'a str,
    wrong: Option<String>,
}

/// Something that happened to the comment.
struct Event {
    at: i64,
    exact: String,
    says: String,
    former: Option<String>,
}

/// A form that was sent and not taken.
pub(crate) enum Draft<'a> {
    None,
    Edit(&'a str, String),
    Reply(&'a str, String),
}

/// The comment that a route names. A whole id, for a prefix might be another's.
pub(crate) fn id(call: &Call) -> Result<CommentId, Refused> {
    call.named.parse().map_err(|_| Refused::Unknown)
}

/// By which a form knows the text that it was made of.
pub(crate) fn base(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

/// The list that the page was opened from, as its address or its form says; where neither does, the list that has the comment.
fn view(call: &Call, status: Status) -> View {
    if !call.field("list").is_empty() {
        return View::sent(call);
    }
    if call.asked("list").is_empty() { View::of(status) } else { View::asked(call) }
}

/// `GET /moderation/comments/{id}`
pub(crate) fn page(state: &ModerationState, call: &Call, visitor: &Visitor) -> Outcome {
    show(state, call, visitor, &Draft::None).map(Reply::Page)
}

pub(crate) fn show(state: &ModerationState, call: &Call, visitor: &Visitor, draft: &Draft<'_>) -> Result<String, Refused> {
    let (words, now) = (call.words, (state.clock)());
    let detail = state.store.detail(&id(call)?)?;
    let around = state.store.around(&detail.comment)?;
    let history = history(state, call, &detail)?;
    let CommentDetail { comment, article, .. } = detail;
    let mentions = |comments: &[Comment]| comments.iter().map(|comment| Mention::new(words, comment)).collect();
    let (edit, reply) = match draft {
        Draft::None => (Form { text: &comment.text, wrong: None }, Form { text: "", wrong: None }),
        Draft::Edit(text, wrong) => (Form { text, wrong: Some(wrong.clone()) }, Form { text: "", wrong: None }),
        Draft::Reply(text, wrong) => (Form { text: &comment.text, wrong: None }, Form { text, wrong: Some(wrong.clone()) }),
    };
    let page = Page {
        frame: Frame::new(call, Some(visitor)),
        view: view(call, comment.status),
        notice: notice::read(state, call, visitor)?,
        above: mentions(&around.above),
        below: mentions(&around.below),
        history,
        edit,
        reply,
        base: base(&comment.text),
        reply_as: (words.reply_as)(owner(state, visitor)),
        is_hidden: comment.status != Status::Approved,
        hold: (comment.status != Status::Pending && !comment.text.is_empty()).then(|| card::choice(words, Decision::Hold)),
        is_banned: state.store.is_banned(&comment.id)?,
        card: Card::new(state, words, (comment.clone(), &article.title), None, now),
    };
    Ok(page.render()?)
}

/// `POST /moderation/comments/{id}/reply`: publishes an answer as the owner.
pub(crate) fn answer(state: &ModerationState, call: &Call, visitor: &Visitor) -> Outcome {
    let (words, now) = (call.words, (state.clock)());
    let comment = state.store.detail(&id(call)?)?.comment;
    let text = call.field("text");
    let not = |why: String| {
        let draft = Draft::Reply(text, (words.not_published)(&why));
        show(state, call, visitor, &draft).map(Reply::Refused)
    };
    // Before anything is approved: what cannot be published must not publish something else.
    if let Err(rule) = ardoise_model::checked_text(text) {
        return not((words.refused)(&rule));
    }
    if comment.status != Status::Approved && !call.field("approve").is_empty() {
        let seen = act::seen(call, comment.id.clone());
        let outcome = state.store.decide(&[seen], Decision::Approve, &visitor.actor(), now)?;
        audit_log::decided(&outcome.decided, &visitor.actor());
        if !outcome.changed.is_empty() {
            return not((words.done)(Deed::Left, 1));
        }
    }
    let (author, by) = (owner(state, visitor), &visitor.actor());
    let answer = OwnerReply { to: comment.id.as_str(), author, text, known_articles_only: state.known_articles_only, by };
    match ardoise_notify::publish_owner_reply(&state.store, &state.site, answer, now) {
        Ok((_, receipt)) => {
            audit_log::action("answered in the owner's name", &receipt.id, by);
            Ok(Reply::see(there(call, &comment.id, visitor, Deed::Replied)))
        }
        Err(OwnerReplyError::Hidden(..)) => not(words.hidden.to_owned()),
        Err(OwnerReplyError::Refused(refusals)) => {
            let rules: Vec<&Rule> = refusals.iter().map(|refusal| &refusal.rule).collect();
            not(rules.into_iter().map(|rule| (words.rule)(rule)).collect::<Vec<_>>().join("; "))
        }
        Err(OwnerReplyError::Store(error)) => Err(error.into()),
    }
}

/// The page of a comment, with a notice.
pub(crate) fn there(call: &Call, id: &CommentId, visitor: &Visitor, deed: Deed) -> String {
    let mut query = Serializer::new(String::new());
    if !call.field("list").is_empty() {
        View::sent(call).write(&mut query);
    }
    notice::address(&format!("/comments/{id}"), query, visitor, &Done::of(deed, 0))
}

/// A link to write to a reader, and to him alone: what an address may contain could name further recipients, or write the mail.
fn mailto(email: &str) -> String {
    let (name, host) = email.rsplit_once('@').unwrap_or((email, ""));
    let encoded = |part: &str| byte_serialize(part.as_bytes()).collect::<String>();
    format!("mailto:{}@{}", encoded(name), encoded(host))
}

fn owner<'a>(state: &'a ModerationState, visitor: &'a Visitor) -> &'a str {
    if state.owner.is_empty() { &visitor.name } else { &state.owner }
}

/// Oldest first, beginning with its coming.
fn history(state: &ModerationState, call: &Call, detail: &CommentDetail) -> Result<Vec<Event>, Refused> {
    let words = call.words;
    let came = detail.comment.created_at;
    let mut events = vec![Event { at: came.0, exact: dates::exact(came), says: words.came_in.to_owned(), former: None }];
    events.extend(detail.decisions.iter().map(|past| Event {
        at: past.at.0,
        exact: dates::exact(past.at),
        says: (words.decided)(past.status, &(words.via)(&past.by)),
        former: None,
    }));
    let (edits, between) = state.store.edits_at_both_ends(&detail.comment.id, FIRST_EDITS, LAST_EDITS)?;
    for (n, edit) in (0..).zip(edits) {
        if n == FIRST_EDITS && between > 0 {
            events.push(Event { at: edit.at.0, exact: String::new(), says: (words.edits_between)(between), former: None });
        }
        let says = (words.edited)(&(words.via)(&edit.by));
        events.push(Event { at: edit.at.0, exact: dates::exact(edit.at), says, former: Some(edit.text) });
    }
    events.extend(state.store.other_actions(&detail.comment.id)?.into_iter().map(|act| Event {
        at: act.at.0,
        exact: dates::exact(act.at),
        says: (words.did)(act.deed, &(words.via)(&act.by)),
        former: None,
    }));
    events.sort_by_key(|event| event.at);
    Ok(events)
}
