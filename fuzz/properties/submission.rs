//! Properties of every draft, however it was sent.

use ardoise_model::{ArticlePath, CommentId, Draft, Origin, Submission};
use unicode_normalization::is_nfc;
use unicode_segmentation::UnicodeSegmentation;
use url::Url;

use crate::field_names::FieldNames;

/// A draft is either refused, with names of rules, or the submission keeps all limits.
pub(crate) fn is_checked(draft: &Draft) {
    let origin: Origin = "https://blog.example.org".parse().expect("an origin");
    match Submission::check(draft, &origin) {
        Ok(submission) => keeps_its_limits(&submission, &origin),
        Err(refusals) => {
            let mut fields: Vec<_> = refusals.iter().map(|refusal| refusal.field.as_str()).collect();
            fields.dedup();
            assert!(!refusals.is_empty() && fields.len() == refusals.len(), "each field is named once: {refusals:?}");
            assert!(refusals.iter().all(|refusal| !refusal.rule.to_string().is_empty()));
        }
    }
}

fn keeps_its_limits(submission: &Submission, origin: &Origin) {
    let (author, text) = (submission.author(), submission.text());
    assert!(
        author.graphemes(true).count() <= 60 && author.len() <= 60 * 8 * 3 && author.trim() == author && !author.is_empty(),
        "{author:?}"
    );
    assert!(is_nfc(author) && !author.contains(char::is_control), "{author:?}");
    assert!(text.graphemes(true).count() <= 10_000 && text.len() <= 80_000 && !text.trim().is_empty(), "{text:?}");
    assert!(!text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')), "{text:?}");
    if let Some(email) = submission.email() {
        assert!(email.len() <= 254 * 8 && email.matches('@').count() == 1 && !email.contains(char::is_whitespace), "{email:?}");
    }
    if let Some(site) = submission.site() {
        let url = Url::parse(site).expect("an address");
        assert!(
            url.as_str() == site && matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty(),
            "{site:?}"
        );
        assert!(site.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>')), "{site:?}");
    }
    keeps_its_signs_short(submission);
    let article = submission.article();
    assert_eq!(ArticlePath::parse(&article.to_url_path(), origin).as_ref(), Ok(article));
    is_stable(submission, origin);
}

/// What is kept of keys and proofs is short ASCII, whatever was sent.
fn keeps_its_signs_short(submission: &Submission) {
    let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    assert!(submission.author_key().is_none_or(|key| key.len() == 64 && is_hex(key)), "{:?}", submission.author_key());
    let print = submission.fingerprint();
    assert!(matches!(print.len(), 0 | 32) && is_hex(print), "{print:?}");
    if let Some(proof) = submission.proof() {
        assert!(proof.bits() <= 256 && proof.as_str().len() <= 129 && proof.as_str().starts_with(proof.challenge()), "{proof:?}");
        assert!(is_hex(proof.challenge()) && proof.as_str().is_ascii(), "{proof:?}");
    }
}

/// A stored submission can be submitted again unchanged: nothing is decoded, trimmed or normalised twice.
fn is_stable(submission: &Submission, origin: &Origin) {
    let optional = |field: Option<&str>| field.unwrap_or_default().to_owned();
    let again = Draft {
        article: submission.article().to_url_path(),
        author: submission.author().to_owned(),
        text: submission.text().to_owned(),
        email: optional(submission.email()),
        // Escaping lengthens a URL, which may then be too long to be typed.
        site: optional(submission.site().filter(|site| site.len() <= 400)),
        reply_to: optional(submission.reply_to().map(CommentId::as_str)),
        trap: if submission.is_trapped() { "x".to_owned() } else { String::new() },
        notify: submission.email().map_or_else(String::new, |_| "on".to_owned()),
        ..Draft::default()
    };
    let again = Submission::check(&again, origin).unwrap_or_else(|refusals| panic!("{refusals:?} of {submission:?}"));
    let but_for_the_site = |submission: &Submission| {
        (submission.article().clone(), submission.author().to_owned(), submission.text().to_owned(), optional(submission.email()))
    };
    assert_eq!(but_for_the_site(&again), but_for_the_site(submission));
    assert_eq!((again.reply_to(), again.is_trapped()), (submission.reply_to(), submission.is_trapped()));
    assert!(again.site().is_none() || again.site() == submission.site(), "{:?} became {:?}", submission.site(), again.site());
}

/// Returns a draft with arbitrary fields: each takes one line of the input.
pub(crate) fn of_lines(input: &[u8]) -> Draft {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.split('\n').map(str::to_owned);
    let mut next = || lines.next().unwrap_or_default();
    Draft {
        article: next(),
        author: next(),
        text: next(),
        email: next(),
        site: next(),
        reply_to: next(),
        trap: next(),
        notify: next(),
        key: next(),
        proof: next(),
        elapsed: next(),
    }
}

/// Returns a draft's fields with their names in a form.
pub(crate) fn fields<'a>(draft: &'a Draft, names: &FieldNames) -> [(&'static str, &'a str); 11] {
    [
        (names.article, &draft.article),
        (names.author, &draft.author),
        (names.text, &draft.text),
        (names.email, &draft.email),
        (names.site, &draft.site),
        (names.reply_to, &draft.reply_to),
        (names.trap, &draft.trap),
        (names.notify, &draft.notify),
        (names.key, &draft.key),
        (names.proof, &draft.proof),
        (names.elapsed, &draft.elapsed),
    ]
}
