//! Decides whether a request may reach its handler.

use super::csrf;
use super::page_result::{PageError, PageResponse, PageResult};
use super::request::PageRequest;
use super::session::{self, CurrentModerator};
use super::state::ModerationState;

/// A handler, by who may call it.
pub(crate) enum Handler {
    /// Needs no session.
    Public(fn(&ModerationState, &PageRequest) -> PageResult),
    /// Needs a session, and for a write also a form of this session.
    Moderators(fn(&ModerationState, &PageRequest, &CurrentModerator) -> PageResult),
}

/// Calls the handler if the request may reach it.
pub(crate) fn call(handler: &Handler, is_write: bool, state: &ModerationState, request: &PageRequest) -> PageResult {
    if is_write && csrf::is_cross_site(state, request) {
        return Err(PageError::ForeignForm);
    }
    if is_write && request.is_unreadable {
        return Err(PageError::UnreadableForm);
    }
    match handler {
        Handler::Public(handler) => handler(state, request),
        Handler::Moderators(handler) => {
            let Some((cookie, moderator)) = session::authenticate(state, request)? else {
                return if is_write { Err(PageError::SignedOut) } else { Ok(PageResponse::redirect("/sign-in")) };
            };
            if is_write && !csrf::is_valid(cookie, request.form_field("csrf")) {
                return Err(PageError::ForeignForm);
            }
            handler(state, request, &moderator)
        }
    }
}
