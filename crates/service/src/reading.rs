use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::service::Service;

/// Whoever wants to read is told where: 405 for a `GET` of anything and for all but what is allowed where comments go in, 404 for the rest.
pub(crate) async fn refuse(request: HttpRequest, service: web::Data<Service>) -> HttpResponse {
    let own = request.path().starts_with("/comments/");
    let known = own || matches!(request.path(), "/comments" | "/newcomment" | "/preview");
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let status = if known || reading { StatusCode::METHOD_NOT_ALLOWED } else { StatusCode::NOT_FOUND };
    let tree = if service.tree_url.starts_with('/') { format!("{}{}", service.origin, service.tree_url) } else { service.tree_url.clone() };
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": format!("this service only takes comments in, by POST /comments; the published ones are plain files, counted in {tree}counts.json"),
        "published": tree,
    });
    HttpResponse::build(status)
        .insert_header((header::ALLOW, if own { "PATCH, DELETE" } else { "POST" }))
        .content_type("application/problem+json")
        .body(body.to_string())
}
