//! Scripts of pages that are not the site's. Browsers keep our answer from them, and their readers are told nothing: so the answer and the
//! log name the origin, and the setting that would let it in.
//!
//! A plain form needs no leave, from wherever it comes: it carries no right of its reader's.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, web};
use ardoise_model::Origin;
use serde_json::json;

use crate::decode::{self, Format};
use crate::service::Service;

/// So many origins are named in the log: whoever asks decides what they are called.
const MOST_NAMED: usize = 20;

/// The origins that the log names already.
#[derive(Default)]
pub(crate) struct Named(Mutex<HashSet<String>>);

impl Named {
    /// Whether an origin is new, and may be named.
    fn is_new(&self, origin: &str) -> bool {
        let mut named = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        named.len() < MOST_NAMED && named.insert(origin.to_owned())
    }
}

/// The name of the site that a request's page has; if it does not say, the one that is published.
pub(crate) fn home<'a>(origin: &'a Origin, headers: &header::HeaderMap) -> &'a str {
    let sent = decode::text(headers, &header::ORIGIN);
    origin.names().find(|name| Some(*name) == sent.as_deref()).unwrap_or(origin.as_str())
}

/// Answers scripts of other origins, before CORS would leave them without a word.
pub(crate) async fn refused(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody + 'static>, actix_web::Error> {
    let service = request.app_data::<web::Data<Service>>();
    match service.and_then(|service| refuse(&request, service)) {
        Some(response) => Ok(request.into_response(response).map_into_right_body()),
        None => Ok(next.call(request).await?.map_into_left_body()),
    }
}

fn refuse(request: &ServiceRequest, service: &Service) -> Option<HttpResponse> {
    let sent = decode::text(request.headers(), &header::ORIGIN).filter(|sent| service.origin.names().all(|name| name != sent))?;
    if service.is_tried_out && is_local(&sent) {
        return None;
    }
    let path = request.match_info().as_str();
    if !path.starts_with("/comments") && !matches!(path, "/preview" | "/newcomment") {
        return None;
    }
    let asks_first = request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !asks_first && !is_from_a_script(request) {
        return None;
    }
    let origin: String = sent.chars().take(200).collect();
    let detail = detail(&origin, &service.origin);
    if service.foreign.is_new(&origin) {
        tracing::warn!("refused a script: {detail}");
    }
    let status = StatusCode::FORBIDDEN;
    let problem = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": detail,
        "errors": [{ "field": "origin", "rule": "foreign_origin", "word": origin, "detail": detail }],
    });
    let mut response = HttpResponse::build(status);
    response.insert_header((header::VARY, "Origin"));
    // The refusal alone may be read there; what a browser asks before it sends is answered without, so it sends nothing.
    if let (false, Some(sent)) = (asks_first, request.headers().get(header::ORIGIN)) {
        response.insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, sent.clone()));
    }
    Some(response.content_type("application/problem+json").body(problem.to_string()))
}

/// A form of a page sends none of these.
fn is_from_a_script(request: &ServiceRequest) -> bool {
    let wants_a_problem = decode::text(request.headers(), &header::ACCEPT).is_some_and(|accept| accept.contains("problem+json"));
    decode::format(request.headers()) == Format::Json || matches!(*request.method(), Method::PATCH | Method::DELETE) || wants_a_problem
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

/// Whether an `Origin` header names this machine.
pub(crate) fn is_local(origin: &str) -> bool {
    let Some(host) = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) else { return false };
    let (name, port) = match host.rfind(':') {
        Some(colon) if !host.ends_with(']') => (&host[..colon], &host[colon + 1..]),
        _ => (host, "80"),
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]") && !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_names_each_origin_once_and_not_any_number() {
        let named = Named::default();
        assert!(named.is_new("https://a.example") && !named.is_new("https://a.example"));
        assert_eq!((0..100).filter(|n| named.is_new(&format!("https://{n}.example"))).count(), MOST_NAMED - 1);
    }

    #[test]
    fn origins_of_this_machine_are_told_from_others() {
        for origin in ["http://localhost:1313", "http://127.0.0.1:8100", "https://localhost", "http://[::1]:1313", "http://[::1]"] {
            assert!(super::is_local(origin), "{origin}");
        }
        for origin in [
            "http://localhost.evil.example",
            "http://localhost:1313.evil.example",
            "http://evil.example:1313",
            "http://127.0.0.1.evil.example",
            "http://localhost:",
            "http://localhost:80@evil.example",
            "ftp://localhost",
            "localhost",
            "null",
            "",
        ] {
            assert!(!super::is_local(origin), "{origin}");
        }
    }
}
