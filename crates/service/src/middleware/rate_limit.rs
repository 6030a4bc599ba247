//! Refuses requests that exceed their rate limit. Comments are checked later, by `submissions/submit.rs`, because forms need the
//! reader's text in the answer. Every other route that writes is limited here, without being named.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::limits::rate_limiter::LAYER;
use crate::limits::request_limits::RequestKind;
use crate::mail_links;
use crate::state::AppState;
use crate::submissions::error::SubmissionError;
use crate::submissions::problem;

pub(crate) async fn limit_rate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody + 'static>, actix_web::Error> {
    // Routes are matched by this decoded form of the path.
    let kind = RequestKind::of(request.method(), request.match_info().as_str()).filter(|kind| *kind != RequestKind::Comment);
    let refused = kind.zip(request.app_data::<web::Data<AppState>>()).and_then(|(kind, state)| refuse(kind, state, request.request()));
    match refused {
        Some(response) => Ok(request.into_response(response).map_into_right_body()),
        None => Ok(next.call(request).await?.map_into_left_body()),
    }
}

/// Counts the request. Returns a response if it exceeds its limit.
fn refuse(kind: RequestKind, state: &AppState, request: &HttpRequest) -> Option<HttpResponse> {
    let client = state.request_limits.client(request);
    let seconds = state.request_limits.check(kind, client, (state.clock)()).err()?;
    tracing::info!(layer = LAYER, ?kind, "request refused: too many from one network");
    state.log_refused_address(client, LAYER);
    Some(match kind {
        RequestKind::Link | RequestKind::QueuePage => mail_links::page::too_many_requests(request, seconds),
        _ => problem::response(&SubmissionError::TooManyRequests(seconds)),
    })
}
