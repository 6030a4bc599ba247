//! Signing in by a link that holds once. To look at it changes nothing: mail programs do so before their readers.

use askama::Template;

use super::call::Call;
use super::frame::Frame;
use super::reply::{Outcome, Refused, Reply};
use super::state::ModerationState;

#[derive(Template)]
#[template(path = "moderation/sign_in.html")]
struct Page<'a> {
    frame: Frame<'a>,
    /// Whom the link signs in; none: there is no link.
    name: Option<String>,
    /// Whether links are mailed.
    mails: bool,
    /// Somebody has just asked for one.
    asked: bool,
}

/// `GET /moderation/sign-in`: how to get a link.
pub(crate) fn door(state: &ModerationState, call: &Call) -> Outcome {
    Ok(Reply::Page(outside(state, call, false)?))
}

/// `POST /moderation/sign-in`: mails a link. Whoever asks learns nothing: not who is a moderator, nor who has an address; nor by the
/// time that it takes, for the answer does not wait until the name was looked up.
pub(crate) fn mail(state: &ModerationState, call: &Call) -> Outcome {
    let outgoing = state.outgoing.clone().ok_or(Refused::Unknown)?;
    let (store, name, now) = (state.store.clone(), call.field("name").to_owned(), (state.clock)());
    drop(actix_web::rt::task::spawn_blocking(move || {
        if let Err(error) = ardoise_notify::mail_sign_in(&store, &outgoing, &name, now) {
            tracing::error!("a link to sign in by could not be mailed: {error}");
        }
    }));
    Ok(Reply::Page(outside(state, call, true)?))
}

fn outside(state: &ModerationState, call: &Call, asked: bool) -> askama::Result<String> {
    Page { frame: Frame::new(call, None), name: None, mails: state.outgoing.is_some(), asked }.render()
}

/// `GET /moderation/sign-in/{token}`: a button.
pub(crate) fn page(state: &ModerationState, call: &Call) -> Outcome {
    let name = state.store.invited(&call.named, (state.clock)())?.filter(|name| state.moderators.contains(name));
    let name = Some(name.ok_or(Refused::Link)?);
    Ok(Reply::Page(Page { frame: Frame::new(call, None), name, mails: false, asked: false }.render()?))
}

/// `POST /moderation/sign-in/{token}`: uses it up.
pub(crate) fn sign_in(state: &ModerationState, call: &Call) -> Outcome {
    let now = (state.clock)();
    let name = state.store.invited(&call.named, now)?.filter(|name| state.moderators.contains(name)).ok_or(Refused::Link)?;
    let cookie = state.store.sign_in(&call.named, &call.agent, now)?.ok_or(Refused::Link)?;
    tracing::info!(moderator = name, "signed in");
    Ok(Reply::SeeWith(String::new(), Some(cookie)))
}
