use ardoise_model::{Draft, Field};

/// A kind of form: the address that it is sent to, and its names for the fields of a submission.
#[derive(Debug)]
pub(crate) struct FieldNames {
    /// The last segment of the address, relative to any prefix that a web server adds.
    pub(crate) action: &'static str,
    pub(crate) article: &'static str,
    pub(crate) author: &'static str,
    pub(crate) text: &'static str,
    pub(crate) email: &'static str,
    pub(crate) site: &'static str,
    pub(crate) reply_to: &'static str,
    /// The honeypot: hidden from people by the stylesheet, and named like a field that robots fill in.
    pub(crate) trap: &'static str,
    pub(crate) notify: &'static str,
    pub(crate) key: &'static str,
    pub(crate) proof: &'static str,
    pub(crate) elapsed: &'static str,
}

/// The names of `POST /comments`.
pub(crate) static ARDOISE: FieldNames = FieldNames {
    action: "comments",
    article: "article",
    author: "author",
    text: "text",
    email: "email",
    site: "site",
    reply_to: "reply_to",
    trap: "subject",
    notify: "notify",
    key: "key",
    proof: "proof",
    elapsed: "elapsed",
};

/// Stacosys' names. It lacks `reply_to` and the fields after `trap`, which have the names of [`ARDOISE`].
pub(crate) static STACOSYS: FieldNames = FieldNames {
    action: "newcomment",
    article: "url",
    author: "author",
    text: "message",
    email: "email",
    site: "site",
    reply_to: "reply_to",
    trap: "remarque",
    notify: "notify",
    key: "key",
    proof: "proof",
    elapsed: "elapsed",
};

impl FieldNames {
    /// Returns the field that the form calls `name`, if the rules can refuse it.
    pub(crate) fn refusable(&self, name: &str) -> Option<Field> {
        Some(match name {
            _ if name == self.article => Field::Article,
            _ if name == self.author => Field::Author,
            _ if name == self.text => Field::Text,
            _ if name == self.email => Field::Email,
            _ if name == self.site => Field::Site,
            _ if name == self.reply_to => Field::ReplyTo,
            _ => return None,
        })
    }

    /// Returns the draft's field that the form calls `name`, or `None` for the form's own buttons and tokens.
    pub(crate) fn field_mut<'a>(&self, draft: &'a mut Draft, name: &str) -> Option<&'a mut String> {
        Some(match name {
            _ if name == self.article => &mut draft.article,
            _ if name == self.author => &mut draft.author,
            _ if name == self.text => &mut draft.text,
            _ if name == self.email => &mut draft.email,
            _ if name == self.site => &mut draft.site,
            _ if name == self.reply_to => &mut draft.reply_to,
            _ if name == self.trap => &mut draft.trap,
            _ if name == self.notify => &mut draft.notify,
            _ if name == self.key => &mut draft.key,
            _ if name == self.proof => &mut draft.proof,
            _ if name == self.elapsed => &mut draft.elapsed,
            _ => return None,
        })
    }
}
