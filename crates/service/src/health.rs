use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::state::AppState;

/// `GET /health`: 200 if comments can be stored and all parts of the program work, 503 otherwise.
pub(crate) async fn get(state: web::Data<AppState>) -> HttpResponse {
    let down = (state.failed_parts)();
    if !down.is_empty() {
        return HttpResponse::ServiceUnavailable().json(json!({ "status": "a part of the program is down", "down": down }));
    }
    let store = state.store.clone();
    match web::block(move || store.ping()).await {
        // `ardoise check` reports it. Comments are accepted all the same.
        Ok(Ok(())) if state.request_limits.lacks_client_addresses() => {
            HttpResponse::Ok().json(json!({ "status": "ok", "lacks": "X-Forwarded-For" }))
        }
        Ok(Ok(())) => HttpResponse::Ok().json(json!({ "status": "ok" })),
        Ok(Err(error)) => {
            tracing::error!("health: {error}");
            HttpResponse::ServiceUnavailable().json(json!({ "status": "the database is not available" }))
        }
        Err(_) => HttpResponse::ServiceUnavailable().json(json!({ "status": "stopping" })),
    }
}
