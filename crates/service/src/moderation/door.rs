//! Who may do what: asked here for every route, before its act.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use ardoise_model::{Actor, Via};

use super::call::Call;
use super::csrf;
use super::reply::{Outcome, Refused, Reply};
use super::respond::{Ready, respond};
use super::routes::{Act, Route};
use super::state::ModerationState;

/// A moderator who has signed in.
pub(crate) struct Visitor {
    pub(crate) name: String,
    /// The number of his session.
    pub(crate) session: i64,
    /// What his forms carry.
    pub(crate) csrf: String,
}

impl Visitor {
    pub(crate) fn actor(&self) -> Actor {
        Actor { moderator: self.name.clone(), via: Via::Web }
    }
}

pub(crate) async fn answer(
    route: &'static Route,
    state: web::Data<ModerationState>,
    request: HttpRequest,
    body: Result<web::Bytes, actix_web::Error>,
) -> HttpResponse {
    let call = Call::of(&request, body);
    let asked = web::block(move || {
        let outcome = let_in(route, &state, &call);
        respond(&state, &call, outcome)
    });
    // It panicked, and the panic is in the log.
    asked.await.map_or_else(|_| HttpResponse::InternalServerError().finish(), Ready::into_response)
}

fn let_in(route: &Route, state: &ModerationState, call: &Call) -> Outcome {
    let sends = route.method != Method::GET;
    if sends && csrf::is_foreign(state, call) {
        return Err(Refused::Foreign);
    }
    if sends && call.is_broken {
        return Err(Refused::Broken);
    }
    match route.act {
        Act::Open(act) => act(state, call),
        Act::Moderators(act) => {
            let Some((cookie, visitor)) = visitor(state, call)? else {
                return if sends { Err(Refused::SignedOut) } else { Ok(Reply::see("/sign-in")) };
            };
            if sends && !csrf::is_ours(cookie, call.field("csrf")) {
                return Err(Refused::Foreign);
            }
            act(state, call, &visitor)
        }
    }
}

/// Whoever is no moderator any more has no session either.
fn visitor<'a>(state: &ModerationState, call: &'a Call) -> Result<Option<(&'a str, Visitor)>, Refused> {
    let mut found: Option<(&str, Visitor)> = None;
    for cookie in &call.cookies {
        let session = state.store.session(cookie, (state.clock)())?;
        let Some(session) = session.filter(|session| state.moderators.contains(&session.moderator)) else { continue };
        match &found {
            Some((_, visitor)) if visitor.session == session.id => {}
            // A neighbouring host may have set one of them: nobody is made to decide under another's name.
            Some(_) => return Ok(None),
            None => found = Some((cookie, Visitor { name: session.moderator, session: session.id, csrf: csrf::token(cookie) })),
        }
    }
    Ok(found)
}
