//! Stacosys' form as `multipart/form-data`. actix parses it, unlike the other bodies (`body.rs`).

use actix_multipart::form::MultipartForm;
use actix_multipart::form::text::Text;
use ardoise_model::Draft;

/// The fields under Stacosys' names. Others, such as its empty `token`, `captcha` and `subscribe`, are ignored.
#[derive(MultipartForm)]
pub(crate) struct StacosysForm {
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

impl From<StacosysForm> for Draft {
    fn from(form: StacosysForm) -> Self {
        let text = |field: Option<Text<String>>| field.map(Text::into_inner).unwrap_or_default();
        Self {
            article: text(form.url),
            author: text(form.author),
            text: text(form.message),
            email: text(form.email),
            site: text(form.site),
            reply_to: text(form.reply_to),
            trap: text(form.remarque),
            notify: text(form.notify),
            key: text(form.key),
            proof: text(form.proof),
            elapsed: text(form.elapsed),
        }
    }
}
