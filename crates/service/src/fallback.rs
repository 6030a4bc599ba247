use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::state::AppState;

/// Answers requests that no route takes, and says where the published files are: 405 for every `GET`, and for methods that the routes
/// of submissions do not take; 404 for the rest.
pub(crate) async fn refuse(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    let is_comment = request.path().starts_with("/comments/");
    let is_known = is_comment || matches!(request.path(), "/comments" | "/newcomment" | "/preview");
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let status = if is_known || is_read { StatusCode::METHOD_NOT_ALLOWED } else { StatusCode::NOT_FOUND };
    let tree = if state.tree_url.starts_with('/') { format!("{}{}", state.origin, state.tree_url) } else { state.tree_url.clone() };
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": format!("this service only takes comments in, by POST /comments; the published ones are plain files, counted in {tree}counts.json"),
        "published": tree,
    });
    HttpResponse::build(status)
        .insert_header((header::ALLOW, if is_comment { "PATCH, DELETE" } else { "POST" }))
        .content_type("application/problem+json")
        .body(body.to_string())
}
