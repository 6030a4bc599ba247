//! The moderators' pages: `/moderation`.
//!
//! A request becomes a [`PageRequest`], plain data, and its handler is looked up in one table (`routes.rs`). The guard decides whether
//! the handler may run (`guard.rs`). Handlers are plain functions that may wait for the store. Their result becomes an HTTP response in
//! one place (`respond.rs`).

mod actions;
mod csrf;
mod dates;
mod guard;
mod list_query;
mod notice_kind;
mod page_result;
mod pages;
mod previous_status;
mod request;
mod respond;
mod routes;
mod session;
mod state;
mod views;
mod words;

use actix_web::{HttpRequest, HttpResponse, web};

use request::PageRequest;
use respond::{ReadyResponse, respond};
pub use routes::{ROUTES, Route};
pub(crate) use state::ModerationState;

/// Adds the routes.
pub(crate) fn configure(app: &mut web::ServiceConfig, state: &web::Data<ModerationState>) {
    app.app_data(state.clone());
    for route in &ROUTES {
        let state = state.clone();
        let handler = move |request, body| handle(route, state.clone(), request, body);
        app.route(&format!("/moderation{}", route.path), web::method(route.method.clone()).to(handler));
    }
}

/// Answers requests below `/moderation` that no route takes, such as the URL of an action typed into a browser.
pub(crate) async fn not_found(
    request: HttpRequest,
    body: Result<web::Bytes, actix_web::Error>,
    state: web::Data<ModerationState>,
) -> HttpResponse {
    handle(&routes::NOT_FOUND, state, request, body).await
}

async fn handle(
    route: &'static Route,
    state: web::Data<ModerationState>,
    request: HttpRequest,
    body: Result<web::Bytes, actix_web::Error>,
) -> HttpResponse {
    let request = PageRequest::new(&request, body);
    let is_write = route.is_write();
    let response = web::block(move || {
        let result = guard::call(&route.handler, is_write, &state, &request);
        respond(&state, &request, result)
    });
    // If the handler panicked, the panic is in the log.
    response.await.map_or_else(|_| HttpResponse::InternalServerError().finish(), ReadyResponse::into_response)
}
