use actix_web::http::Method;

use super::call::Call;
use super::door::Visitor;
use super::reply::{Outcome, Refused};
use super::state::ModerationState;
use super::{act, ban, comment, edit, queue, sessions, sign_in, undo};

/// Something that can be asked of the queue.
pub struct Route {
    /// How.
    pub method: Method,
    /// Where, below `/moderation`.
    pub path: &'static str,
    pub(crate) act: Act,
}

pub(crate) enum Act {
    /// Whoever comes may do it.
    Open(fn(&ModerationState, &Call) -> Outcome),
    /// A moderator alone, and where something is sent, by one of our own forms.
    Moderators(fn(&ModerationState, &Call, &Visitor) -> Outcome),
}

impl Route {
    /// Whether one must have signed in.
    pub fn is_for_moderators(&self) -> bool {
        matches!(self.act, Act::Moderators(_))
    }
}

const fn get(path: &'static str, act: fn(&ModerationState, &Call, &Visitor) -> Outcome) -> Route {
    Route { method: Method::GET, path, act: Act::Moderators(act) }
}

const fn post(path: &'static str, act: fn(&ModerationState, &Call, &Visitor) -> Outcome) -> Route {
    Route { method: Method::POST, path, act: Act::Moderators(act) }
}

const fn open(method: Method, path: &'static str, act: fn(&ModerationState, &Call) -> Outcome) -> Route {
    Route { method, path, act: Act::Open(act) }
}

/// Everything that can be asked of it. A test tries each of them without a session, with a wrong one, and with a foreign form.
pub static ROUTES: [Route; 16] = [
    get("", queue::page),
    get("/", queue::page),
    post("/decide", act::decide),
    post("/undo", undo::undo),
    get("/comments/{id}", comment::page),
    post("/comments/{id}/edit", edit::edit),
    post("/comments/{id}/reply", comment::answer),
    post("/comments/{id}/ban", ban::ban),
    post("/comments/{id}/unban", ban::unban),
    get("/sessions", sessions::page),
    post("/sessions/{id}/revoke", sessions::revoke),
    post("/sign-out", sessions::sign_out),
    open(Method::GET, "/sign-in", sign_in::door),
    open(Method::POST, "/sign-in", sign_in::mail),
    open(Method::GET, "/sign-in/{token}", sign_in::page),
    open(Method::POST, "/sign-in/{token}", sign_in::sign_in),
];

/// Everything else.
pub(crate) static NOWHERE: Route = open(Method::GET, "", |_, _| Err(Refused::Unknown));
