use actix_web::http::Method;

use super::actions::{ban, decide, edit, reply, undo};
use super::guard::Handler;
use super::page_result::{PageError, PageResult};
use super::pages::{comment, queue, sessions, sign_in};
use super::request::PageRequest;
use super::session::CurrentModerator;
use super::state::ModerationState;

/// A route of the moderators' pages.
pub struct Route {
    /// The HTTP method.
    pub method: Method,
    /// The path below `/moderation`.
    pub path: &'static str,
    pub(crate) handler: Handler,
}

impl Route {
    /// Whether the route needs a session.
    pub fn is_for_moderators(&self) -> bool {
        matches!(self.handler, Handler::Moderators(_))
    }

    pub(crate) fn is_write(&self) -> bool {
        self.method != Method::GET
    }
}

type ModeratorHandler = fn(&ModerationState, &PageRequest, &CurrentModerator) -> PageResult;

const fn get(path: &'static str, handler: ModeratorHandler) -> Route {
    Route { method: Method::GET, path, handler: Handler::Moderators(handler) }
}

const fn post(path: &'static str, handler: ModeratorHandler) -> Route {
    Route { method: Method::POST, path, handler: Handler::Moderators(handler) }
}

const fn public(method: Method, path: &'static str, handler: fn(&ModerationState, &PageRequest) -> PageResult) -> Route {
    Route { method, path, handler: Handler::Public(handler) }
}

/// All routes. A test tries each of them without a session, with an invalid one, and with a foreign form.
pub static ROUTES: [Route; 16] = [
    get("", queue::show),
    get("/", queue::show),
    post("/decide", decide::decide),
    post("/undo", undo::undo),
    get("/comments/{id}", comment::show),
    post("/comments/{id}/edit", edit::edit),
    post("/comments/{id}/reply", reply::reply),
    post("/comments/{id}/ban", ban::ban),
    post("/comments/{id}/unban", ban::unban),
    get("/sessions", sessions::show),
    post("/sessions/{id}/revoke", sessions::revoke),
    post("/sign-out", sessions::sign_out),
    public(Method::GET, "/sign-in", sign_in::show),
    public(Method::POST, "/sign-in", sign_in::mail_link),
    public(Method::GET, "/sign-in/{token}", sign_in::show_link),
    public(Method::POST, "/sign-in/{token}", sign_in::sign_in),
];

/// The route of every other request.
pub(crate) static NOT_FOUND: Route = public(Method::GET, "", |_, _| Err(PageError::NotFound));
