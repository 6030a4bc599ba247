use askama::Template;

use super::call::Call;
use super::dates;
use super::door::Visitor;
use super::frame::Frame;
use super::reply::{Outcome, Refused, Reply};
use super::state::ModerationState;

#[derive(Template)]
#[template(path = "moderation/sessions.html")]
struct Page<'a> {
    frame: Frame<'a>,
    sessions: Vec<Line>,
}

struct Line {
    id: i64,
    browser: String,
    agent: String,
    since: String,
    seen: String,
    is_this: bool,
}

/// `GET /moderation/sessions`: where this moderator has signed in.
pub(crate) fn page(state: &ModerationState, call: &Call, visitor: &Visitor) -> Outcome {
    let now = (state.clock)();
    let own = state.store.sessions(now)?.into_iter().filter(|session| session.moderator == visitor.name);
    let line = |session: ardoise_store::Session| Line {
        id: session.id,
        browser: browser(&session.agent).unwrap_or_else(|| call.words.unknown_browser.to_owned()),
        since: dates::exact(session.created_at),
        seen: dates::ago(call.words, session.seen_at, now),
        is_this: session.id == visitor.session,
        agent: session.agent,
    };
    Ok(Reply::Page(Page { frame: Frame::new(call, Some(visitor)), sessions: own.map(line).collect() }.render()?))
}

/// `POST /moderation/sessions/{id}/revoke`: ends one of his own.
pub(crate) fn revoke(state: &ModerationState, call: &Call, visitor: &Visitor) -> Outcome {
    let own = state.store.sessions((state.clock)())?.into_iter().filter(|session| session.moderator == visitor.name);
    let session = own.into_iter().find(|session| session.id.to_string() == call.named).ok_or(Refused::Unknown)?;
    state.store.revoke(session.id)?;
    Ok(Reply::see("/sessions"))
}

/// `POST /moderation/sign-out`
pub(crate) fn sign_out(state: &ModerationState, _: &Call, visitor: &Visitor) -> Outcome {
    state.store.revoke(visitor.session)?;
    Ok(Reply::SeeWith("/sign-in".to_owned(), None))
}

/// A browser and its system, as far as it says so. The order matters: most call themselves by their ancestors' names, too.
fn browser(agent: &str) -> Option<String> {
    let named = |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
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
    use super::browser;

    #[test]
    fn browsers_are_known_by_what_they_add() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36 Edg/142.0";
        assert_eq!(browser(edge).as_deref(), Some("Edge, Windows"));
        let phone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1";
        assert_eq!(browser(phone).as_deref(), Some("Safari, iPhone"));
        assert_eq!(browser("curl/8"), None);
    }
}
