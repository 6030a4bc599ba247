use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::service::Service;

/// `GET /health`: 200 while comments can be stored, 503 while not.
pub(crate) async fn get(service: web::Data<Service>) -> HttpResponse {
    let store = service.store.clone();
    match web::block(move || store.ping()).await {
        Ok(Ok(())) => HttpResponse::Ok().json(json!({ "status": "ok" })),
        Ok(Err(error)) => {
            tracing::error!("health: {error}");
            HttpResponse::ServiceUnavailable().json(json!({ "status": "the database is not available" }))
        }
        Err(_) => HttpResponse::ServiceUnavailable().json(json!({ "status": "stopping" })),
    }
}
