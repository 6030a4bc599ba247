//! The frame that all pages behind links in mails share.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::error::LinkError;
use super::words::LinkPageWords;
use crate::http::RETRY_AFTER;
use crate::language::Language;
use crate::page_style::{STYLE, STYLE_HASH};
use crate::state::AppState;

#[derive(Template)]
#[template(path = "mail_link.html")]
struct LinkPage<'a> {
    words: &'a LinkPageWords,
    style: &'static str,
    site: &'a str,
    home: &'a str,
    content: PageContent,
}

/// A comment as a moderator sees it.
pub(crate) struct CommentView {
    pub(crate) author: String,
    pub(crate) article: String,
    pub(crate) url: String,
    pub(crate) layer: Option<String>,
    pub(crate) html: String,
}

/// A form with a single button.
pub(crate) struct Button {
    pub(crate) label: &'static str,
    /// The URL that the form is sent to. Empty: the page's own.
    pub(crate) action: String,
    /// The version of the comment that the page shows. Empty if it shows none.
    pub(crate) version: String,
}

/// A link to another page.
pub(crate) struct PageLink {
    pub(crate) label: &'static str,
    pub(crate) url: String,
}

/// The content of a page: a title, a sentence, and optionally a comment, buttons and links.
pub(crate) struct PageContent {
    pub(crate) status: StatusCode,
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) comment: Option<CommentView>,
    pub(crate) buttons: Vec<Button>,
    pub(crate) links: Vec<PageLink>,
}

impl PageContent {
    pub(crate) fn new(title: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status: StatusCode::OK, title: title.into(), message: message.into(), comment: None, buttons: vec![], links: vec![] }
    }

    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    fn of_error(words: &LinkPageWords, error: &LinkError) -> Self {
        Self::new(words.not_done, error.message(words)).with_status(error.status())
    }
}

/// Runs `handler`, which may wait for the store, on a blocking thread, and renders the page.
pub(crate) async fn respond(
    request: HttpRequest,
    handler: impl FnOnce(&'static LinkPageWords) -> Result<PageContent, LinkError> + Send + 'static,
) -> HttpResponse {
    let words = LinkPageWords::of(Language::of(&request));
    let content = match web::block(move || handler(words)).await {
        Ok(Ok(content)) => content,
        Ok(Err(error)) => PageContent::of_error(words, &error),
        // The handler panicked; the panic is in the log.
        Err(_) => PageContent::new(words.not_done, words.fault).with_status(StatusCode::INTERNAL_SERVER_ERROR),
    };
    render(&request, words, content)
}

/// Returns the response to a form that exceeds its rate limit.
pub(crate) fn too_many_requests(request: &HttpRequest, seconds: u64) -> HttpResponse {
    let words = LinkPageWords::of(Language::of(request));
    let content = PageContent::new(words.not_done, words.too_many).with_status(StatusCode::TOO_MANY_REQUESTS);
    let mut response = render(request, words, content);
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

fn render(request: &HttpRequest, words: &'static LinkPageWords, content: PageContent) -> HttpResponse {
    let status = content.status;
    let state = request.app_data::<web::Data<AppState>>();
    let (site, home) = state.map_or(("", ""), |state| (state.title.as_str(), state.home.as_str()));
    let Ok(html) = (LinkPage { words, style: STYLE, site, home, content }).render() else {
        return HttpResponse::InternalServerError().finish();
    };
    let policy =
        format!("default-src 'none'; style-src 'sha256-{}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", *STYLE_HASH);
    let mut response = HttpResponse::build(status);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((header::RETRY_AFTER, RETRY_AFTER));
    }
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // The URL is a credential, so other sites must not see it.
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .content_type("text/html; charset=utf-8")
        .body(html)
}

#[cfg(test)]
mod tests {
    use ardoise_store::StoreError;

    use super::*;

    #[test]
    fn only_an_unavailable_database_asks_the_client_to_retry() {
        let request = actix_web::test::TestRequest::default().to_http_request();
        let words = LinkPageWords::of(Language::English);
        let response = |error| render(&request, words, PageContent::of_error(words, &LinkError::from(error)));
        let unavailable = response(StoreError::Unavailable("locked".into()));
        assert_eq!((unavailable.status().as_u16(), unavailable.headers().contains_key(header::RETRY_AFTER)), (503, true));
        for fault in [StoreError::Unreadable("a status".into()), StoreError::Migration("none".into())] {
            let response = response(fault);
            assert_eq!((response.status().as_u16(), response.headers().contains_key(header::RETRY_AFTER)), (500, false));
        }
    }
}
