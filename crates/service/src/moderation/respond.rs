//! Converts the results of handlers to HTTP responses.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

use super::page_result::{PageError, PageResponse, PageResult};
use super::request::{COOKIE, PageRequest};
use super::state::ModerationState;
use super::views::frame::{Frame, SCRIPT, STYLE};
use crate::http::RETRY_AFTER;
use crate::page_style::csp_hash;

/// Admits only the pages' own style and script, and forbids frames.
static CONTENT_SECURITY_POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        csp_hash(STYLE),
        csp_hash(SCRIPT)
    )
});
/// The lifetime of the session cookie, in seconds. The store ends an unused session earlier.
const COOKIE_MAX_AGE: u32 = 90 * 24 * 60 * 60;

/// A response as plain data, which can move to another thread.
pub(crate) struct ReadyResponse {
    status: StatusCode,
    body: String,
    location: Option<String>,
    cookie: Option<String>,
}

#[derive(Template)]
#[template(path = "moderation/error.html")]
struct ErrorPage<'a> {
    frame: Frame<'a>,
    title: &'static str,
    message: String,
}

pub(crate) fn respond(state: &ModerationState, request: &PageRequest, result: PageResult) -> ReadyResponse {
    let page = |status, body| ReadyResponse { status, body, location: None, cookie: None };
    let redirect = |path: String, cookie| {
        let location = Some(format!("{}{path}", state.path));
        ReadyResponse { status: StatusCode::SEE_OTHER, body: String::new(), location, cookie }
    };
    match result {
        Ok(PageResponse::Page(html)) => page(StatusCode::OK, html),
        Ok(PageResponse::Conflict(html)) => page(StatusCode::CONFLICT, html),
        Ok(PageResponse::Redirect(path)) => redirect(path, None),
        Ok(PageResponse::RedirectWithCookie(path, value)) => redirect(path, Some(set_cookie(state, value.as_deref()))),
        Err(error) => page(status(&error), error_page(request, &error)),
    }
}

impl ReadyResponse {
    pub(crate) fn into_response(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response
            .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY.as_str()))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::X_FRAME_OPTIONS, "DENY"))
            // A stricter policy would also remove the `Origin` of the pages' own forms.
            .insert_header((header::REFERRER_POLICY, "same-origin"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header(("Cross-Origin-Opener-Policy", "same-origin"))
            .insert_header(("X-Robots-Tag", "noindex"));
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((header::RETRY_AFTER, RETRY_AFTER));
        }
        if let Some(cookie) = self.cookie {
            response.insert_header((header::SET_COOKIE, cookie));
        }
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        response.content_type("text/html; charset=utf-8").body(self.body)
    }
}

/// Returns the value of `Set-Cookie`. Without a value, it deletes the cookie.
fn set_cookie(state: &ModerationState, value: Option<&str>) -> String {
    let (value, max_age) = value.map_or(("", 0), |value| (value, COOKIE_MAX_AGE));
    let secure = if state.is_secure { "; Secure" } else { "" };
    format!("{COOKIE}={value}; Path={}; Max-Age={max_age}; HttpOnly; SameSite=Strict{secure}", state.path)
}

fn status(error: &PageError) -> StatusCode {
    match error {
        PageError::SignedOut => StatusCode::UNAUTHORIZED,
        PageError::ForeignForm => StatusCode::FORBIDDEN,
        PageError::UnreadableForm => StatusCode::BAD_REQUEST,
        PageError::NotFound => StatusCode::NOT_FOUND,
        PageError::InvalidLink => StatusCode::GONE,
        PageError::Erased(_) => StatusCode::CONFLICT,
        PageError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        PageError::Fault => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn error_page(request: &PageRequest, error: &PageError) -> String {
    let words = request.words;
    let (title, message) = match error {
        PageError::SignedOut => (words.signed_out, words.signed_out_remedy.to_owned()),
        PageError::ForeignForm => (words.foreign_form, words.foreign_form_remedy.to_owned()),
        PageError::UnreadableForm => (words.unreadable_form, words.unreadable_form_remedy.to_owned()),
        PageError::NotFound => (words.not_found, words.not_found_remedy.to_owned()),
        PageError::InvalidLink => (words.invalid_link, words.invalid_link_remedy.to_owned()),
        PageError::Erased(id) => (words.nothing_done, (words.erased)(id)),
        PageError::Unavailable => (words.nothing_done, words.unavailable.to_owned()),
        PageError::Fault => (words.nothing_done, words.fault.to_owned()),
    };
    ErrorPage { frame: Frame::new(request, None), title, message }.render().unwrap_or_else(|_| title.to_owned())
}
