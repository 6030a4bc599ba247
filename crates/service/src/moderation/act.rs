use ardoise_model::{CommentId, Decision};
use ardoise_store::{DecideOutcome, SeenComment};
use url::form_urlencoded::Serializer;

use super::call::Call;
use super::door::Visitor;
use super::notice::{self, Before, Deed, Done};
use super::place::Place;
use super::reply::{Outcome, Refused, Reply};
use super::state::ModerationState;
use crate::audit_log;

/// `POST /moderation/decide`: `act` names the decision, and perhaps one comment; otherwise it is about those that are ticked, `id`.
pub(crate) fn decide(state: &ModerationState, call: &Call, visitor: &Visitor) -> Outcome {
    let (word, one) = call.field("act").split_once(' ').unwrap_or((call.field("act"), ""));
    let decision = word.parse::<Decision>().map_err(|_| Refused::Broken)?;
    let ids: Vec<&str> = if one.is_empty() { call.fields("id").collect() } else { vec![one] };
    let ids: Vec<CommentId> = ids.into_iter().map(|id| id.parse().map_err(|_| Refused::Unknown)).collect::<Result<_, _>>()?;
    let place = Place::of(state, call)?;
    let ticked = call.fields("id").filter_map(|id| id.parse().ok());
    let ticked: Vec<CommentId> = ticked.filter(|id| !ids.contains(id)).collect();
    let read: Vec<_> = ids.iter().map(|id| seen(call, id.clone())).collect();
    let DecideOutcome { decided, changed, .. } = state.store.decide(&read, decision, &visitor.actor(), (state.clock)())?;
    audit_log::decided(&decided, &visitor.actor());
    let seen: Vec<Before> = call.fields("seen").flat_map(Before::parse_all).collect();
    let deed = match (decided.is_empty(), changed.len()) {
        (true, 0) => Deed::None,
        (true, _) => Deed::Left,
        (false, _) => Deed::Decided(decision.status()),
    };
    // What says something else by now is to be read again.
    let there = match changed.first() {
        Some(changed) => Place::at(state, place.view(), std::slice::from_ref(changed))?,
        None if ids.is_empty() => None,
        None => place.after(state, &ids)?,
    };
    let mut query = Serializer::new(String::new());
    place.view().write(&mut query);
    let done = Done { deed, number: decided.len(), left: changed.len(), late: 0, before: &Before::of(&decided, &seen), ticked: &ticked };
    Ok(Reply::see(notice::address("", query, visitor, &done) + &fragment(there.as_ref())))
}

/// The part of an address that leads to a comment in the list.
pub(crate) fn fragment(comment: Option<&CommentId>) -> String {
    comment.map(|id| format!("#c-{id}")).unwrap_or_default()
}

/// A comment as the page showed it: `read` names the version. A form without it is not of a page that shows the comment.
pub(crate) fn seen(call: &Call, id: CommentId) -> SeenComment {
    let read = call.fields("read").filter_map(|read| read.split_once(':'));
    let version = read.into_iter().find(|(known, _)| *known == id.as_str()).map(|(_, version)| version.to_owned());
    SeenComment { version, ..SeenComment::unread(id) }
}
