//! The page that a reader sees when his form could not be taken: what is wrong, and his text, ready to be sent again.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use ardoise_model::{ArticlePath, Draft, Field};
use askama::Template;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use crate::names::Names;
use crate::service::Service;
use crate::trouble::Trouble;
use crate::words::{self, Words};
use crate::{answer, foreign};

pub(crate) const STYLE: &str = include_str!("../templates/page.css");

/// Lets this style in, and no other: no `unsafe-inline`.
pub(crate) static STYLE_HASH: LazyLock<String> = LazyLock::new(|| BASE64.encode(&Sha256::digest(STYLE.as_bytes())));

#[derive(Template)]
#[template(path = "trouble.html")]
struct Page<'a> {
    words: &'a Words,
    names: &'a Names,
    style: &'static str,
    messages: Vec<String>,
    /// There is something to correct. Otherwise the same text may be taken later.
    is_refused: bool,
    /// Empty where the body could not be read: then there is nothing to send again.
    draft: &'a Draft,
    article_url: Option<String>,
}

impl Page<'_> {
    /// Who has not asked may not be offered it: the service may send no mail.
    fn wants_answers(&self) -> bool {
        !self.draft.notify.trim().is_empty()
    }

    /// Only where there was a field for it before: without mail, an address is thrown away.
    fn asks_for_email(&self) -> bool {
        self.wants_answers() || !self.draft.email.trim().is_empty()
    }

    fn has_draft(&self) -> bool {
        *self.draft != Draft::default()
    }
}

/// The answer to a form that was not taken.
pub(crate) fn trouble(request: &HttpRequest, service: &Service, names: &Names, trouble: &Trouble, draft: &Draft) -> HttpResponse {
    let words = words::for_request(request);
    let article = ArticlePath::parse(&draft.article, &service.origin).ok();
    let article_url = article.map(|path| format!("{}{}", foreign::home(&service.origin, request.headers()), path.to_url_path()));
    let is_refused = matches!(trouble, Trouble::Refused(_) | Trouble::TooLarge);
    let page = Page { words, names, style: STYLE, messages: messages(words, trouble), is_refused, draft, article_url };
    let Ok(html) = page.render() else { return HttpResponse::InternalServerError().finish() };
    // A browser applies `form-action` to the redirect that answers the form, too.
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; form-action 'self' {}",
        *STYLE_HASH,
        service.origin.names().collect::<Vec<_>>().join(" ")
    );
    answer::respond(answer::status(trouble), trouble)
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(html)
}

fn messages(words: &Words, trouble: &Trouble) -> Vec<String> {
    match trouble {
        Trouble::Refused(refusals) => refusals
            .iter()
            .map(|refusal| format!("{}{}{}", label(words, refusal.field), words.colon, (words.rule)(&refusal.rule)))
            .collect(),
        Trouble::TooLarge => vec![words.too_large.to_owned()],
        // The last three are answers to programs.
        Trouble::Unreadable(_) | Trouble::UnknownType | Trouble::NotYours | Trouble::TooLate | Trouble::TooOften(_) => {
            vec![words.unreadable.to_owned()]
        }
        Trouble::TooMany(_) => vec![words.too_many.to_owned()],
        Trouble::Unavailable | Trouble::Broken => vec![words.unavailable.to_owned()],
    }
}

fn label(words: &Words, field: Field) -> &'static str {
    match field {
        Field::Article => words.article,
        Field::Author => words.author,
        Field::Text => words.text,
        Field::Email => words.email,
        Field::Site => words.site,
        Field::ReplyTo => words.reply_to,
    }
}
