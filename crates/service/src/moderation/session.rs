//! The session of a request.
//!
//! Sessions are rows of the store rather than signed cookies, so that a moderator or the command line can end one at once.

use ardoise_model::{Actor, Via};

use super::csrf;
use super::page_result::PageError;
use super::request::PageRequest;
use super::state::ModerationState;

/// A moderator who is signed in.
pub(crate) struct CurrentModerator {
    pub(crate) name: String,
    pub(crate) session_id: i64,
    /// The token that the forms of the session carry.
    pub(crate) csrf_token: String,
}

impl CurrentModerator {
    pub(crate) fn actor(&self) -> Actor {
        Actor { moderator: self.name.clone(), via: Via::Web }
    }
}

/// Returns the request's session cookie and its moderator, or `None` if it has no valid session. A session ends when its moderator is
/// removed from the settings.
pub(crate) fn authenticate<'a>(
    state: &ModerationState,
    request: &'a PageRequest,
) -> Result<Option<(&'a str, CurrentModerator)>, PageError> {
    let mut found: Option<(&str, CurrentModerator)> = None;
    for cookie in &request.session_cookies {
        let session = state.store.session(cookie, (state.clock)())?;
        let Some(session) = session.filter(|session| state.moderators.contains(&session.moderator)) else { continue };
        match &found {
            Some((_, moderator)) if moderator.session_id == session.id => {}
            // Another host of the domain may have set one of the cookies. No moderator may act under another's name.
            Some(_) => return Ok(None),
            None => {
                let csrf_token = csrf::token(cookie);
                found = Some((cookie, CurrentModerator { name: session.moderator, session_id: session.id, csrf_token }));
            }
        }
    }
    Ok(found)
}
