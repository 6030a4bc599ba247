use ardoise_model::{CommentId, Decision, Status};
use url::form_urlencoded::Serializer;

use super::call::Call;
use super::desk::Desk;
use super::door::Visitor;
use super::notice::{self, Before, Deed};
use super::queue::View;
use super::reply::{Outcome, Refused, Reply};

/// `POST /moderation/decide`: `act` names the decision, and perhaps one comment; otherwise it is about those that are ticked, `id`.
pub(crate) fn decide(desk: &Desk, call: &Call, visitor: &Visitor) -> Outcome {
    let (word, one) = call.field("act").split_once(' ').unwrap_or((call.field("act"), ""));
    let decision = decision(word).ok_or(Refused::Broken)?;
    let ids: Vec<String> = if one.is_empty() { call.fields("id").map(str::to_owned).collect() } else { vec![one.to_owned()] };
    // What is no whole id would be a prefix, and might be another comment's.
    if ids.iter().any(|id| id.parse::<CommentId>().is_err()) {
        return Err(Refused::Unknown);
    }
    let decided = ardoise_moderation::decide(&desk.store, &ids, decision, &visitor.actor(), (desk.clock)())?;
    let seen: Vec<Before> = call.fields("seen").flat_map(Before::parse_all).collect();
    let deed = if decided.is_empty() { Deed::None } else { Deed::Decided(decision.status()) };
    let mut query = Serializer::new(String::new());
    View::sent(call).write(&mut query);
    Ok(Reply::see(notice::address("", query, deed, decided.len(), &Before::of(&decided, &seen))))
}

/// The words of decisions in forms.
pub(crate) fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Approve => "approve",
        Decision::Reject => "reject",
        Decision::Spam => "spam",
        Decision::Delete => "delete",
        Decision::Hold => "hold",
    }
}

fn decision(text: &str) -> Option<Decision> {
    Status::ALL.map(Decision::towards).into_iter().find(|decision| word(*decision) == text)
}
