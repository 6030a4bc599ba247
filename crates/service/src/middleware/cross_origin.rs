//! Requests from scripts of pages that are not the site's. A browser hides the response to such a request from the page, so its reader
//! would see no reason. The response and the log name the origin and the setting that admits it.
//!
//! Plain forms are accepted from any page: they carry no credentials of their reader.

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, web};
use ardoise_model::Origin;
use serde_json::json;

use crate::http::{self, BodyFormat};
use crate::origins;
use crate::state::AppState;

/// Returns the CORS rules: scripts of the site's pages may send. With `ardoise dev`, so may pages that the site generator's own server
/// shows on this machine, on any port.
pub(crate) fn cors(site: &Origin, is_dev: bool) -> Cors {
    let cors = site.names().fold(Cors::default(), Cors::allowed_origin);
    let cors = if is_dev { cors.allowed_origin_fn(|origin, _| origin.to_str().is_ok_and(origins::is_local)) } else { cors };
    cors.allowed_methods([Method::POST, Method::PATCH, Method::DELETE])
        .allowed_headers([header::CONTENT_TYPE, header::AUTHORIZATION])
        .max_age(24 * 60 * 60)
}

/// Answers scripts of other origins. It runs before the CORS middleware, which would refuse them without a reason.
pub(crate) async fn refuse_foreign(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody + 'static>, actix_web::Error> {
    let state = request.app_data::<web::Data<AppState>>();
    match state.and_then(|state| refuse(&request, state)) {
        Some(response) => Ok(request.into_response(response).map_into_right_body()),
        None => Ok(next.call(request).await?.map_into_left_body()),
    }
}

/// Returns a response if the request comes from a script of another origin.
fn refuse(request: &ServiceRequest, state: &AppState) -> Option<HttpResponse> {
    let sent = http::header_text(request.headers(), &header::ORIGIN).filter(|sent| state.origin.names().all(|name| name != sent))?;
    if state.is_dev && origins::is_local(&sent) {
        return None;
    }
    let path = request.match_info().as_str();
    if !path.starts_with("/comments") && !matches!(path, "/preview" | "/newcomment") {
        return None;
    }
    let is_preflight = request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !is_preflight && !is_from_script(request) {
        return None;
    }
    let origin: String = sent.chars().take(200).collect();
    let detail = detail(&origin, &state.origin);
    if state.logged_origins.insert(&origin) {
        tracing::warn!("refused a script: {detail}");
    }
    let mut response = HttpResponse::build(StatusCode::FORBIDDEN);
    response.insert_header((header::VARY, "Origin"));
    // Let the page read the refusal. A preflight is answered without this header, so the browser does not send the request itself.
    if let (false, Some(sent)) = (is_preflight, request.headers().get(header::ORIGIN)) {
        response.insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, sent.clone()));
    }
    Some(response.content_type("application/problem+json").body(problem(&origin, &detail)))
}

fn problem(origin: &str, detail: &str) -> String {
    let status = StatusCode::FORBIDDEN;
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": detail,
        "errors": [{ "field": "origin", "rule": "foreign_origin", "word": origin, "detail": detail }],
    });
    body.to_string()
}

/// Whether a script sends the request. A page's form has none of these properties.
fn is_from_script(request: &ServiceRequest) -> bool {
    let accepts_problem = http::header_text(request.headers(), &header::ACCEPT).is_some_and(|accept| accept.contains("problem+json"));
    BodyFormat::of(request.headers()) == BodyFormat::Json || matches!(*request.method(), Method::PATCH | Method::DELETE) || accepts_problem
}

fn detail(origin: &str, site: &Origin) -> String {
    if origin == "null" {
        return "the browser does not say which site the page is of, as for files and sandboxed frames; open it at the site's address"
            .to_owned();
    }
    let names: Vec<_> = site.names().collect();
    format!(
        "no comments are taken from scripts on {origin:?}, for the settings name {} as the site; if readers read it there too, add the \
         address to [site] origins in ardoise.toml, and restart `ardoise serve`",
        names.join(" and ")
    )
}
