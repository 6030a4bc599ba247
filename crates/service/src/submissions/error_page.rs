//! The error page for forms: it says what is wrong and contains the reader's text, ready to be sent again.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use ardoise_model::{ArticlePath, Draft, Field};
use askama::Template;

use super::error::SubmissionError;
use super::field_names::FieldNames;
use super::problem;
use super::words::ErrorPageWords;
use crate::language::Language;
use crate::origins;
use crate::page_style::{STYLE, STYLE_HASH};
use crate::state::AppState;

#[derive(Template)]
#[template(path = "submission_error.html")]
struct ErrorPage<'a> {
    words: &'a ErrorPageWords,
    names: &'a FieldNames,
    style: &'static str,
    messages: Vec<String>,
    /// Whether the reader has something to correct. Otherwise the same text may be accepted later.
    is_refused: bool,
    /// Empty if the body could not be read. The page has no form then.
    draft: &'a Draft,
    article_url: Option<String>,
}

impl ErrorPage<'_> {
    /// Whether the reader asked for mail about answers. Others are not offered it: the service may send no mail.
    fn wants_answers(&self) -> bool {
        !self.draft.notify.trim().is_empty()
    }

    /// Whether the reader's form had a field for the address. Without mail, addresses are discarded.
    fn asks_for_email(&self) -> bool {
        self.wants_answers() || !self.draft.email.trim().is_empty()
    }

    fn has_draft(&self) -> bool {
        *self.draft != Draft::default()
    }
}

/// Returns the response to a form that was not accepted.
pub(crate) fn response(
    request: &HttpRequest,
    state: &AppState,
    names: &FieldNames,
    error: &SubmissionError,
    draft: &Draft,
) -> HttpResponse {
    let words = ErrorPageWords::of(Language::of(request));
    let article = ArticlePath::parse(&draft.article, &state.origin).ok();
    let article_url = article.map(|path| format!("{}{}", origins::of_site(&state.origin, request.headers()), path.to_url_path()));
    let is_refused = matches!(error, SubmissionError::Refused(_) | SubmissionError::TooLarge);
    let page = ErrorPage { words, names, style: STYLE, messages: messages(words, error), is_refused, draft, article_url };
    let Ok(html) = page.render() else { return HttpResponse::InternalServerError().finish() };
    // Browsers apply `form-action` to the redirect after the form, too, so the site's origins are listed.
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; form-action 'self' {}",
        *STYLE_HASH,
        state.origin.names().collect::<Vec<_>>().join(" ")
    );
    problem::builder(error)
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(html)
}

fn messages(words: &ErrorPageWords, error: &SubmissionError) -> Vec<String> {
    match error {
        SubmissionError::Refused(refusals) => refusals
            .iter()
            .map(|refusal| format!("{}{}{}", label(words, refusal.field), words.colon, (words.rule)(&refusal.rule)))
            .collect(),
        SubmissionError::TooLarge => vec![words.too_large.to_owned()],
        // The last three occur in responses to programs only.
        SubmissionError::Unreadable(_)
        | SubmissionError::UnsupportedType
        | SubmissionError::NotYours
        | SubmissionError::TooLate
        | SubmissionError::TooOften(_) => vec![words.unreadable.to_owned()],
        SubmissionError::TooManyRequests(_) => vec![words.too_many.to_owned()],
        SubmissionError::Unavailable | SubmissionError::Fault => vec![words.unavailable.to_owned()],
    }
}

fn label(words: &ErrorPageWords, field: Field) -> &'static str {
    match field {
        Field::Article => words.article,
        Field::Author => words.author,
        Field::Text => words.text,
        Field::Email => words.email,
        Field::Site => words.site,
        Field::ReplyTo => words.reply_to,
    }
}
