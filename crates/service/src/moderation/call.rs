//! A request as plain data, which can go to another thread.

use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpRequest, web};
use url::form_urlencoded;

use super::words::{self, Words};
use crate::http::{self, BodyFormat};
use crate::submissions::body;

/// The cookie's name.
pub(crate) const COOKIE: &str = "ardoise_moderation";
/// As many cookies of that name are tried: each costs a query.
const MOST_COOKIES: usize = 8;

pub(crate) struct Call {
    pub(crate) words: &'static Words,
    /// From the page to `/moderation`, relative: a proxy may have put a prefix before it.
    pub(crate) base: String,
    /// What stands in the route's place for it.
    pub(crate) named: String,
    /// Every cookie of that name: a neighbouring host may have set one as well, and browsers do not say which is whose.
    pub(crate) cookies: Vec<String>,
    pub(crate) agent: String,
    pub(crate) host: String,
    pub(crate) origin: Option<String>,
    pub(crate) fetch_site: Option<String>,
    query: Vec<(String, String)>,
    form: Vec<(String, String)>,
    /// The body did not arrive whole, or is no form.
    pub(crate) is_broken: bool,
}

impl Call {
    pub(crate) fn of(request: &HttpRequest, body: Result<web::Bytes, actix_web::Error>) -> Self {
        let text = |name: HeaderName| http::header_text(request.headers(), &name);
        let fields = |bytes: &[u8]| form_urlencoded::parse(bytes).into_owned().collect::<Vec<_>>();
        let sent = body.ok();
        let empty = sent.as_ref().is_some_and(web::Bytes::is_empty);
        let is_form = BodyFormat::of(request.headers()) == BodyFormat::Form && sent.as_deref().is_some_and(body::is_utf8);
        let is_broken = sent.is_none() || (!empty && !is_form);
        Self {
            words: words::for_request(request),
            base: base(request.path()),
            named: request.match_info().iter().next().map(|(_, value)| value.to_owned()).unwrap_or_default(),
            cookies: request.headers().get_all(header::COOKIE).flat_map(|line| cookies(line.as_bytes())).take(MOST_COOKIES).collect(),
            agent: text(header::USER_AGENT).unwrap_or_default().chars().take(300).collect(),
            host: text(header::HOST).unwrap_or_default(),
            origin: text(header::ORIGIN),
            fetch_site: text(HeaderName::from_static("sec-fetch-site")),
            query: fields(request.query_string().as_bytes()),
            form: if is_broken { Vec::new() } else { fields(&sent.unwrap_or_default()) },
            is_broken,
        }
    }

    /// A field of the form; empty where there is none.
    pub(crate) fn field(&self, name: &str) -> &str {
        first(&self.form, name)
    }

    /// All fields of the form with a name, as a list's checkboxes have.
    pub(crate) fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.form.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Something behind the `?`; empty where there is no such thing.
    pub(crate) fn asked(&self, name: &str) -> &str {
        first(&self.query, name)
    }
}

fn first<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
}

fn base(path: &str) -> String {
    let below = path.matches('/').count().saturating_sub(1);
    format!("{}moderation", "../".repeat(below))
}

/// The values of the cookie in one line. Other cookies may hold any bytes.
fn cookies(line: &[u8]) -> impl Iterator<Item = String> {
    let pairs = line.split(|byte| *byte == b';').filter_map(|pair| std::str::from_utf8(pair).ok()?.trim().split_once('='));
    pairs.filter(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_finds_the_way_to_the_queue() {
        for (path, way) in [
            ("/moderation", "moderation"),
            ("/moderation/", "../moderation"),
            ("/moderation/sessions", "../moderation"),
            ("/moderation/comments/7k2m9q4xrt", "../../moderation"),
        ] {
            assert_eq!(base(path), way);
            let page = url::Url::parse(&format!("https://blog.example/c{path}")).expect("a URL");
            assert_eq!(page.join(way).expect("a URL").path(), "/c/moderation");
        }
    }

    #[test]
    fn one_cookie_among_others() {
        let all = |line: &[u8]| cookies(line).collect::<Vec<_>>();
        assert_eq!(all(b"a=b; ardoise_moderation=token; c=d"), ["token"]);
        assert_eq!(all(b"xardoise_moderation=token"), [""; 0]);
        assert_eq!(all(b"ardoise_moderation=one; a=\xff; ardoise_moderation=two"), ["one", "two"]);
    }
}
