use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

use super::call::{COOKIE, Call};
use super::frame::{Frame, SCRIPT, STYLE};
use super::reply::{Outcome, Refused, Reply};
use super::state::ModerationState;
use crate::http::RETRY_AFTER;
use crate::page_style::csp_hash;

/// Our own style and script are let in, and no others; nobody may put the page in a frame of his.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        csp_hash(STYLE),
        csp_hash(SCRIPT)
    )
});
/// In seconds; a session is over before, when it is not used.
const COOKIE_AGE: u32 = 90 * 24 * 60 * 60;

/// A response that can come from another thread.
pub(crate) struct Ready {
    status: StatusCode,
    body: String,
    location: Option<String>,
    cookie: Option<String>,
}

#[derive(Template)]
#[template(path = "moderation/refused.html")]
struct Page<'a> {
    frame: Frame<'a>,
    title: &'static str,
    message: String,
}

pub(crate) fn respond(state: &ModerationState, call: &Call, outcome: Outcome) -> Ready {
    let page = |status, body| Ready { status, body, location: None, cookie: None };
    let see = |way: String, cookie| {
        let location = Some(format!("{}{way}", state.path));
        Ready { status: StatusCode::SEE_OTHER, body: String::new(), location, cookie }
    };
    match outcome {
        Ok(Reply::Page(html)) => page(StatusCode::OK, html),
        Ok(Reply::Refused(html)) => page(StatusCode::CONFLICT, html),
        Ok(Reply::See(way)) => see(way, None),
        Ok(Reply::SeeWith(way, value)) => see(way, Some(cookie(state, value.as_deref()))),
        Err(refused) => page(status(&refused), refusal(call, &refused)),
    }
}

impl Ready {
    pub(crate) fn into_response(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response
            .insert_header((header::CONTENT_SECURITY_POLICY, POLICY.as_str()))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::X_FRAME_OPTIONS, "DENY"))
            // Not less: browsers would not say any more whence a form comes.
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

/// Without a value, it is taken back.
fn cookie(state: &ModerationState, value: Option<&str>) -> String {
    let (value, age) = value.map_or(("", 0), |value| (value, COOKIE_AGE));
    let secure = if state.is_secure { "; Secure" } else { "" };
    format!("{COOKIE}={value}; Path={}; Max-Age={age}; HttpOnly; SameSite=Strict{secure}", state.path)
}

fn status(refused: &Refused) -> StatusCode {
    match refused {
        Refused::SignedOut => StatusCode::UNAUTHORIZED,
        Refused::Foreign => StatusCode::FORBIDDEN,
        Refused::Broken => StatusCode::BAD_REQUEST,
        Refused::Unknown => StatusCode::NOT_FOUND,
        Refused::Link => StatusCode::GONE,
        Refused::Erased(_) => StatusCode::CONFLICT,
        Refused::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Refused::Fault => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn refusal(call: &Call, refused: &Refused) -> String {
    let words = call.words;
    let (title, message) = match refused {
        Refused::SignedOut => (words.signed_out, words.signed_out_mend.to_owned()),
        Refused::Foreign => (words.foreign, words.foreign_mend.to_owned()),
        Refused::Broken => (words.broken, words.broken_mend.to_owned()),
        Refused::Unknown => (words.unknown, words.unknown_mend.to_owned()),
        Refused::Link => (words.link_gone, words.link_gone_mend.to_owned()),
        Refused::Erased(id) => (words.nothing_done, (words.erased)(id)),
        Refused::Unavailable => (words.nothing_done, words.unavailable.to_owned()),
        Refused::Fault => (words.nothing_done, words.fault.to_owned()),
    };
    Page { frame: Frame::new(call, None), title, message }.render().unwrap_or_else(|_| title.to_owned())
}
