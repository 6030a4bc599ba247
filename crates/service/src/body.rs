//! Bodies to drafts: bytes in, fields out, and nothing else, so that the fuzzer reaches all of it. What is not a known field is
//! ignored: forms carry buttons and tokens of their own.

use ardoise_model::{Draft, Refusal, Rule};
use percent_encoding::percent_decode;
use serde::Deserialize;

use crate::names::{Names, OURS};

/// Whether every name and value of a form is UTF-8 once it is decoded.
pub(crate) fn is_utf8(body: &[u8]) -> bool {
    body.split(|byte| matches!(byte, b'&' | b'=')).all(|part| percent_decode(part).decode_utf8().is_ok())
}

/// The fields of a form that are not UTF-8. They would be stored damaged: which characters were meant, the form does not say.
pub(crate) fn not_utf8(body: &[u8], names: &Names) -> Vec<Refusal> {
    let pairs = body.split(|byte| *byte == b'&').filter(|pair| !is_utf8(pair));
    // Parsed, what is not UTF-8 is replaced; so the name can be read whatever the value is.
    let names_of = |pair| url::form_urlencoded::parse(pair).filter_map(|(name, _)| names.refusable(&name)).collect::<Vec<_>>();
    pairs.flat_map(names_of).map(|field| Refusal { field, rule: Rule::NotUtf8 }).collect()
}

/// The fields of a JSON object that are not UTF-8.
pub(crate) fn json_not_utf8(body: &[u8]) -> Vec<Refusal> {
    if std::str::from_utf8(body).is_ok() {
        return Vec::new();
    }
    let replaced = String::from_utf8_lossy(body);
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&replaced).unwrap_or_default();
    let damaged = object.iter().filter(|(_, value)| value.as_str().is_some_and(|text| text.contains(char::REPLACEMENT_CHARACTER)));
    damaged.filter_map(|(name, _)| OURS.refusable(name)).map(|field| Refusal { field, rule: Rule::NotUtf8 }).collect()
}

/// A form's fields, under the names that it has for them.
pub(crate) fn form(body: &[u8], names: &Names) -> Draft {
    let mut draft = Draft::default();
    for (name, value) in url::form_urlencoded::parse(body) {
        if let Some(field) = names.field(&mut draft, &name) {
            *field = value.into_owned();
        }
    }
    draft
}

#[derive(Deserialize)]
struct JsonDraft {
    article: Option<String>,
    author: Option<String>,
    text: Option<String>,
    email: Option<String>,
    site: Option<String>,
    reply_to: Option<String>,
    subject: Option<String>,
    notify: Option<Wish>,
    key: Option<String>,
    proof: Option<String>,
    elapsed: Option<Seconds>,
}

/// Programs write `true`, forms `on`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Wish {
    Said(bool),
    Written(String),
}

/// As a number, or as a form sends it. Parts of a second do not count.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Counted(serde_json::Number),
    Written(String),
}

/// The contract's JSON. A field may be absent or null.
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
        notify: sent.notify.map_or_else(String::new, Wish::into_text),
        key: sent.key.unwrap_or_default(),
        proof: sent.proof.unwrap_or_default(),
        elapsed: sent.elapsed.map_or_else(String::new, Seconds::into_text),
    })
}

impl Wish {
    fn into_text(self) -> String {
        match self {
            Self::Said(wish) => wish.to_string(),
            Self::Written(wish) => wish,
        }
    }
}

impl Seconds {
    fn into_text(self) -> String {
        match self {
            Self::Counted(seconds) => seconds.to_string().split('.').next().unwrap_or_default().to_owned(),
            Self::Written(seconds) => seconds,
        }
    }
}
