//! Sign-in by a link that is valid once. A `GET` of the link changes nothing: mail programs open links.

use askama::Template;

use crate::moderation::page_result::{PageError, PageResponse, PageResult};
use crate::moderation::request::PageRequest;
use crate::moderation::state::ModerationState;
use crate::moderation::views::frame::Frame;

#[derive(Template)]
#[template(path = "moderation/sign_in.html")]
struct SignInPage<'a> {
    frame: Frame<'a>,
    /// The moderator that the link signs in. `None`: there is no link.
    name: Option<String>,
    /// Whether links are mailed.
    sends_mail: bool,
    /// Whether a link was just requested.
    is_requested: bool,
}

/// `GET /moderation/sign-in`: says how to get a link.
pub(crate) fn show(state: &ModerationState, request: &PageRequest) -> PageResult {
    Ok(PageResponse::Page(without_link(state, request, false)?))
}

/// `POST /moderation/sign-in`: mails a link. The response reveals neither who is a moderator nor who has an address. It does not wait
/// for the lookup of the name, so its timing reveals nothing either.
pub(crate) fn mail_link(state: &ModerationState, request: &PageRequest) -> PageResult {
    let notifications = state.notifications.clone().ok_or(PageError::NotFound)?;
    let (store, name, now) = (state.store.clone(), request.form_field("name").to_owned(), (state.clock)());
    drop(actix_web::rt::task::spawn_blocking(move || {
        if let Err(error) = ardoise_notify::mail_sign_in(&store, &notifications, &name, now) {
            tracing::error!("a sign-in link could not be mailed: {error}");
        }
    }));
    Ok(PageResponse::Page(without_link(state, request, true)?))
}

fn without_link(state: &ModerationState, request: &PageRequest, is_requested: bool) -> askama::Result<String> {
    SignInPage { frame: Frame::new(request, None), name: None, sends_mail: state.notifications.is_some(), is_requested }.render()
}

/// `GET /moderation/sign-in/{token}`: shows a button.
pub(crate) fn show_link(state: &ModerationState, request: &PageRequest) -> PageResult {
    let name = Some(invited_moderator(state, request)?);
    Ok(PageResponse::Page(SignInPage { frame: Frame::new(request, None), name, sends_mail: false, is_requested: false }.render()?))
}

/// `POST /moderation/sign-in/{token}`: uses the link and starts a session.
pub(crate) fn sign_in(state: &ModerationState, request: &PageRequest) -> PageResult {
    let name = invited_moderator(state, request)?;
    let cookie = state.store.sign_in(&request.path_parameter, &request.user_agent, (state.clock)())?.ok_or(PageError::InvalidLink)?;
    tracing::info!(moderator = name, "signed in");
    Ok(PageResponse::RedirectWithCookie(String::new(), Some(cookie)))
}

/// Returns the moderator that the link in the path signs in.
fn invited_moderator(state: &ModerationState, request: &PageRequest) -> Result<String, PageError> {
    let name = state.store.invited(&request.path_parameter, (state.clock)())?;
    name.filter(|name| state.moderators.contains(name)).ok_or(PageError::InvalidLink)
}
