//! Signing in by a link that holds once. To look at it changes nothing: mail programs do so before their readers.

use askama::Template;

use super::call::Call;
use super::desk::Desk;
use super::frame::Frame;
use super::reply::{Outcome, Refused, Reply};

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
pub(crate) fn door(desk: &Desk, call: &Call) -> Outcome {
    Ok(Reply::Page(outside(desk, call, false)?))
}

/// `POST /moderation/sign-in`: mails a link. Whoever asks learns nothing: not who is a moderator, nor who has an address; nor by the
/// time that it takes, for the answer does not wait until the name was looked up.
pub(crate) fn mail(desk: &Desk, call: &Call) -> Outcome {
    let outgoing = desk.outgoing.clone().ok_or(Refused::Unknown)?;
    let (store, name, now) = (desk.store.clone(), call.field("name").to_owned(), (desk.clock)());
    drop(actix_web::rt::task::spawn_blocking(move || {
        if let Err(error) = ardoise_notify::mail_sign_in(&store, &outgoing, &name, now) {
            tracing::error!("a link to sign in by could not be mailed: {error}");
        }
    }));
    Ok(Reply::Page(outside(desk, call, true)?))
}

fn outside(desk: &Desk, call: &Call, asked: bool) -> askama::Result<String> {
    Page { frame: Frame::new(call, None), name: None, mails: desk.outgoing.is_some(), asked }.render()
}

/// `GET /moderation/sign-in/{token}`: a button.
pub(crate) fn page(desk: &Desk, call: &Call) -> Outcome {
    let name = desk.store.invited(&call.named, (desk.clock)())?.filter(|name| desk.moderators.contains(name));
    let name = Some(name.ok_or(Refused::Link)?);
    Ok(Reply::Page(Page { frame: Frame::new(call, None), name, mails: false, asked: false }.render()?))
}

/// `POST /moderation/sign-in/{token}`: uses it up.
pub(crate) fn sign_in(desk: &Desk, call: &Call) -> Outcome {
    let now = (desk.clock)();
    let name = desk.store.invited(&call.named, now)?.filter(|name| desk.moderators.contains(name)).ok_or(Refused::Link)?;
    let cookie = desk.store.sign_in(&call.named, &call.agent, now)?.ok_or(Refused::Link)?;
    tracing::info!(moderator = name, "signed in");
    Ok(Reply::SeeWith(String::new(), Some(cookie)))
}
