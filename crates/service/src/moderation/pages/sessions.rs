use ardoise_store::{Session, StoreError};
use askama::Template;

use crate::moderation::dates;
use crate::moderation::page_result::{PageError, PageResponse, PageResult};
use crate::moderation::request::PageRequest;
use crate::moderation::session::CurrentModerator;
use crate::moderation::state::ModerationState;
use crate::moderation::views::frame::Frame;

#[derive(Template)]
#[template(path = "moderation/sessions.html")]
struct SessionsPage<'a> {
    frame: Frame<'a>,
    sessions: Vec<SessionRow>,
}

struct SessionRow {
    id: i64,
    browser: String,
    user_agent: String,
    created_at: String,
    last_used: String,
    is_current: bool,
}

/// `GET /moderation/sessions`: lists the moderator's own sessions.
pub(crate) fn show(state: &ModerationState, request: &PageRequest, moderator: &CurrentModerator) -> PageResult {
    let now = (state.clock)();
    let row = |session: Session| SessionRow {
        id: session.id,
        browser: browser_name(&session.agent).unwrap_or_else(|| request.words.unknown_browser.to_owned()),
        created_at: dates::exact(session.created_at),
        last_used: dates::relative(request.words, session.seen_at, now),
        is_current: session.id == moderator.session_id,
        user_agent: session.agent,
    };
    let sessions = own_sessions(state, moderator)?.map(row).collect();
    Ok(PageResponse::Page(SessionsPage { frame: Frame::new(request, Some(moderator)), sessions }.render()?))
}

/// `POST /moderation/sessions/{id}/revoke`: ends one of the moderator's own sessions.
pub(crate) fn revoke(state: &ModerationState, request: &PageRequest, moderator: &CurrentModerator) -> PageResult {
    let mut own = own_sessions(state, moderator)?;
    let session = own.find(|session| session.id.to_string() == request.path_parameter).ok_or(PageError::NotFound)?;
    state.store.revoke(session.id)?;
    Ok(PageResponse::redirect("/sessions"))
}

/// `POST /moderation/sign-out`
pub(crate) fn sign_out(state: &ModerationState, _: &PageRequest, moderator: &CurrentModerator) -> PageResult {
    state.store.revoke(moderator.session_id)?;
    Ok(PageResponse::RedirectWithCookie("/sign-in".to_owned(), None))
}

fn own_sessions(state: &ModerationState, moderator: &CurrentModerator) -> Result<impl Iterator<Item = Session>, StoreError> {
    let sessions = state.store.sessions((state.clock)())?;
    Ok(sessions.into_iter().filter(|session| session.moderator == moderator.name))
}

/// Returns the names of a browser and its system, if `User-Agent` contains them. The order matters: most browsers also name the browsers
/// that they descend from.
fn browser_name(user_agent: &str) -> Option<String> {
    let named = |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name);
    let program = named(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = named(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    let known: Vec<_> = [program, system].into_iter().flatten().collect();
    (!known.is_empty()).then(|| known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::browser_name;

    #[test]
    fn browsers_are_recognised_by_the_name_that_they_add() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36 Edg/142.0";
        assert_eq!(browser_name(edge).as_deref(), Some("Edge, Windows"));
        let phone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1";
        assert_eq!(browser_name(phone).as_deref(), Some("Safari, iPhone"));
        assert_eq!(browser_name("curl/8"), None);
    }
}
