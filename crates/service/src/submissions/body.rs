//! Parses request bodies into drafts. It depends on nothing of the server, so that the fuzzer reaches all of it. Unknown fields are
//! ignored: forms carry buttons and tokens of their own.

use ardoise_model::{Draft, Refusal, Rule};
use percent_encoding::percent_decode;
use serde::Deserialize;

use super::field_names::{ARDOISE, FieldNames};

/// Whether every name and value of a form is UTF-8 after percent-decoding.
pub(crate) fn is_utf8(body: &[u8]) -> bool {
    body.split(|byte| matches!(byte, b'&' | b'=')).all(|part| percent_decode(part).decode_utf8().is_ok())
}

/// Returns a refusal for each field of a form that is not UTF-8. It would be stored damaged: the form does not name its encoding.
pub(crate) fn form_not_utf8(body: &[u8], names: &FieldNames) -> Vec<Refusal> {
    let pairs = body.split(|byte| *byte == b'&').filter(|pair| !is_utf8(pair));
    // The parser replaces bytes that are not UTF-8, so it can read the name whatever the value is.
    let names_of = |pair| url::form_urlencoded::parse(pair).filter_map(|(name, _)| names.refusable(&name)).collect::<Vec<_>>();
    pairs.flat_map(names_of).map(|field| Refusal { field, rule: Rule::NotUtf8 }).collect()
}

/// Returns a refusal for each field of a JSON object that is not UTF-8.
pub(crate) fn json_not_utf8(body: &[u8]) -> Vec<Refusal> {
    if std::str::from_utf8(body).is_ok() {
        return Vec::new();
    }
    let replaced = String::from_utf8_lossy(body);
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&replaced).unwrap_or_default();
    let damaged = object.iter().filter(|(_, value)| value.as_str().is_some_and(|text| text.contains(char::REPLACEMENT_CHARACTER)));
    damaged.filter_map(|(name, _)| ARDOISE.refusable(name)).map(|field| Refusal { field, rule: Rule::NotUtf8 }).collect()
}

/// Parses a form whose fields have these names.
pub(crate) fn form(body: &[u8], names: &FieldNames) -> Draft {
    let mut draft = Draft::default();
    for (name, value) in url::form_urlencoded::parse(body) {
        if let Some(field) = names.field_mut(&mut draft, &name) {
            *field = value.into_owned();
        }
    }
    draft
}

/// The JSON of `POST /comments`. A field may be absent or null.
#[derive(Deserialize)]
struct JsonDraft {
    article: Option<String>,
    author: Option<String>,
    text: Option<String>,
    email: Option<String>,
    site: Option<String>,
    reply_to: Option<String>,
    subject: Option<String>,
    notify: Option<Checkbox>,
    key: Option<String>,
    proof: Option<String>,
    elapsed: Option<Seconds>,
}

/// A yes or no. Programs write `true`, forms `on`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Checkbox {
    Bool(bool),
    Text(String),
}

/// A duration, as a number or as a form's text. Fractions of a second are dropped.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(serde_json::Number),
    Text(String),
}

/// Parses the JSON of `POST /comments`.
pub(crate) fn json(body: &[u8]) -> serde_json::Result<Draft> {
    let sent: JsonDraft = serde_json::from_slice(body)?;
    Ok(Draft {
        article: sent.article.unwrap_or_default(),
        author: sent.author.unwrap_or_default(),
        text: sent.text.unwrap_or_default(),
        email: sent.email.unwrap_or_default(),
        site: sent.site.unwrap_or_default(),
        reply_to: sent.reply_to.unwrap_or_default(),
        trap: sent.subject.unwrap_or_default(),
        notify: sent.notify.map_or_else(String::new, Checkbox::into_text),
        key: sent.key.unwrap_or_default(),
        proof: sent.proof.unwrap_or_default(),
        elapsed: sent.elapsed.map_or_else(String::new, Seconds::into_text),
    })
}

impl Checkbox {
    fn into_text(self) -> String {
        match self {
            Self::Bool(is_checked) => is_checked.to_string(),
            Self::Text(text) => text,
        }
    }
}

impl Seconds {
    fn into_text(self) -> String {
        match self {
            Self::Number(seconds) => seconds.to_string().split('.').next().unwrap_or_default().to_owned(),
            Self::Text(text) => text,
        }
    }
}
