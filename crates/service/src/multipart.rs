//! Stacosys' form as `multipart/form-data`, to a draft: the one kind of body whose parser belongs to the server.

use actix_multipart::form::MultipartForm;
use actix_multipart::form::text::Text;
use ardoise_model::Draft;

/// Stacosys' names; others, such as its empty `token`, `captcha` and `subscribe`, are ignored.
#[derive(MultipartForm)]
pub(crate) struct Sent {
    author: Option<Text<String>>,
    message: Option<Text<String>>,
    url: Option<Text<String>>,
    site: Option<Text<String>>,
    email: Option<Text<String>>,
    reply_to: Option<Text<String>>,
    remarque: Option<Text<String>>,
    notify: Option<Text<String>>,
    key: Option<Text<String>>,
    proof: Option<Text<String>>,
    elapsed: Option<Text<String>>,
}

impl From<Sent> for Draft {
    fn from(sent: Sent) -> Self {
        let text = |field: Option<Text<String>>| field.map(Text::into_inner).unwrap_or_default();
        Self {
            article: text(sent.url),
            author: text(sent.author),
            text: text(sent.message),
            email: text(sent.email),
            site: text(sent.site),
            reply_to: text(sent.reply_to),
            trap: text(sent.remarque),
            notify: text(sent.notify),
            key: text(sent.key),
            proof: text(sent.proof),
            elapsed: text(sent.elapsed),
        }
    }
}
