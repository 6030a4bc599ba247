//! A request as plain data, which can move to another thread.

use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpRequest, web};
use ardoise_model::CommentId;
use ardoise_store::SeenComment;
use url::form_urlencoded;

use super::words::Words;
use crate::http::{self, BodyFormat};
use crate::language::Language;
use crate::submissions::body;

/// The name of the session cookie.
pub(crate) const COOKIE: &str = "ardoise_moderation";
/// The maximum number of session cookies that are tried. Each costs a query.
const MAX_COOKIES: usize = 8;
/// The maximum length of a stored `User-Agent`, in characters.
const MAX_USER_AGENT: usize = 300;

pub(crate) struct PageRequest {
    pub(crate) words: &'static Words,
    /// The URL of `/moderation` relative to the page: a proxy may have added a prefix to both.
    pub(crate) base_url: String,
    /// The variable part of the route's path. Empty if it has none.
    pub(crate) path_parameter: String,
    /// The values of every session cookie. A host of the same domain may have set one as well, and browsers do not say which is whose.
    pub(crate) session_cookies: Vec<String>,
    pub(crate) user_agent: String,
    pub(crate) host: String,
    pub(crate) origin: Option<String>,
    pub(crate) fetch_site: Option<String>,
    query: Vec<(String, String)>,
    form: Vec<(String, String)>,
    /// Whether the body is incomplete or not a form.
    pub(crate) is_unreadable: bool,
}

impl PageRequest {
    pub(crate) fn new(request: &HttpRequest, body: Result<web::Bytes, actix_web::Error>) -> Self {
        let text = |name: HeaderName| http::header_text(request.headers(), &name);
        let fields = |bytes: &[u8]| form_urlencoded::parse(bytes).into_owned().collect::<Vec<_>>();
        let body = body.ok();
        let is_empty = body.as_ref().is_some_and(web::Bytes::is_empty);
        let is_form = BodyFormat::of(request.headers()) == BodyFormat::Form && body.as_deref().is_some_and(body::is_utf8);
        let is_unreadable = body.is_none() || (!is_empty && !is_form);
        let cookies = request.headers().get_all(header::COOKIE).flat_map(|line| session_cookies(line.as_bytes()));
        Self {
            words: Words::of(Language::of(request)),
            base_url: base_url(request.path()),
            path_parameter: request.match_info().iter().next().map(|(_, value)| value.to_owned()).unwrap_or_default(),
            session_cookies: cookies.take(MAX_COOKIES).collect(),
            user_agent: text(header::USER_AGENT).unwrap_or_default().chars().take(MAX_USER_AGENT).collect(),
            host: text(header::HOST).unwrap_or_default(),
            origin: text(header::ORIGIN),
            fetch_site: text(HeaderName::from_static("sec-fetch-site")),
            query: fields(request.query_string().as_bytes()),
            form: if is_unreadable { Vec::new() } else { fields(&body.unwrap_or_default()) },
            is_unreadable,
        }
    }

    /// Returns a field of the form, or an empty text.
    pub(crate) fn form_field(&self, name: &str) -> &str {
        first(&self.form, name)
    }

    /// Returns all fields of the form with a name, such as a list's checkboxes.
    pub(crate) fn form_fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.form.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Returns a field of the query, or an empty text.
    pub(crate) fn query_field(&self, name: &str) -> &str {
        first(&self.query, name)
    }

    /// Returns a comment in the version that the page had shown, which the form's field `read` names. Without the field, the page did
    /// not show the comment.
    pub(crate) fn seen_comment(&self, id: CommentId) -> SeenComment {
        let mut versions = self.form_fields("read").filter_map(|read| read.split_once(':'));
        let version = versions.find(|(known, _)| *known == id.as_str()).map(|(_, version)| version.to_owned());
        SeenComment { version, ..SeenComment::unread(id) }
    }
}

fn first<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
}

fn base_url(path: &str) -> String {
    let depth = path.matches('/').count().saturating_sub(1);
    format!("{}moderation", "../".repeat(depth))
}

/// Returns the values of the session cookies in one line. Other cookies may hold any bytes.
fn session_cookies(line: &[u8]) -> impl Iterator<Item = String> {
    let pairs = line.split(|byte| *byte == b';').filter_map(|pair| std::str::from_utf8(pair).ok()?.trim().split_once('='));
    pairs.filter(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_a_relative_url_of_the_queue() {
        for (path, url) in [
            ("/moderation", "moderation"),
            ("/moderation/", "../moderation"),
            ("/moderation/sessions", "../moderation"),
            ("/moderation/comments/7k2m9q4xrt", "../../moderation"),
        ] {
            assert_eq!(base_url(path), url);
            let page = url::Url::parse(&format!("https://blog.example/c{path}")).expect("a URL");
            assert_eq!(page.join(url).expect("a URL").path(), "/c/moderation");
        }
    }

    #[test]
    fn the_session_cookie_is_found_among_others() {
        let all = |line: &[u8]| session_cookies(line).collect::<Vec<_>>();
        assert_eq!(all(b"a=b; ardoise_moderation=token; c=d"), ["token"]);
        assert_eq!(all(b"xardoise_moderation=token"), [""; 0]);
        assert_eq!(all(b"ardoise_moderation=one; a=\xff; ardoise_moderation=two"), ["one", "two"]);
    }
}
