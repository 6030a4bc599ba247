//! The moderators' queue: `/moderation`.
//!
//! A request becomes a [`call::Call`], plain data, and its route's act is looked up in one table (`routes.rs`). Whether the act
//! may happen is decided in one place before it (`door.rs`). Acts are plain functions that may wait for the store; what they
//! answer becomes a response in one place after it (`reply.rs`).

mod act;
mod ban;
mod call;
mod card;
mod chart;
mod comment;
mod csrf;
mod dates;
mod door;
mod edit;
mod frame;
mod notice;
mod place;
mod queue;
mod reply;
mod respond;
mod routes;
mod sessions;
mod sign_in;
mod state;
mod undo;
mod words;

use actix_web::{HttpRequest, HttpResponse, web};

pub use routes::{ROUTES, Route};
pub(crate) use state::ModerationState;

/// Puts all of it into an application.
pub(crate) fn configure(app: &mut web::ServiceConfig, state: &web::Data<ModerationState>) {
    app.app_data(state.clone());
    for route in &ROUTES {
        let state = state.clone();
        let serve = move |request, body| door::answer(route, state.clone(), request, body);
        app.route(&format!("/moderation{}", route.path), web::method(route.method.clone()).to(serve));
    }
}

/// What is asked for below `/moderation` and is not there: an act's address, typed into a browser, perhaps.
pub(crate) async fn not_found(
    request: HttpRequest,
    body: Result<web::Bytes, actix_web::Error>,
    state: web::Data<ModerationState>,
) -> HttpResponse {
    door::answer(&routes::NOWHERE, state, request, body).await
}
