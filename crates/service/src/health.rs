use std::sync::Arc;

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::service::Service;

/// Names the parts of the program that do not work just now.
pub type FailedParts = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// `GET /health`: 200 while comments can be stored and all parts of the program work, 503 while not.
pub(crate) async fn get(service: web::Data<Service>) -> HttpResponse {
    let down = (service.down)();
    if !down.is_empty() {
        return HttpResponse::ServiceUnavailable().json(json!({ "status": "a part of the program is down", "down": down }));
    }
    let store = service.store.clone();
    match web::block(move || store.ping()).await {
        // For `ardoise check`: comments are taken in all the same.
        Ok(Ok(())) if service.limits.lack_names() => HttpResponse::Ok().json(json!({ "status": "ok", "lacks": "X-Forwarded-For" })),
        Ok(Ok(())) => HttpResponse::Ok().json(json!({ "status": "ok" })),
        Ok(Err(error)) => {
            tracing::error!("health: {error}");
            HttpResponse::ServiceUnavailable().json(json!({ "status": "the database is not available" }))
        }
        Err(_) => HttpResponse::ServiceUnavailable().json(json!({ "status": "stopping" })),
    }
}
