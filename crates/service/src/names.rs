use ardoise_model::{Draft, Field};

/// A form: where it is sent, and what it calls the fields of a submission.
#[derive(Debug)]
pub(crate) struct Names {
    /// The last part of the address, relative to any prefix that a web server has put before it.
    pub(crate) action: &'static str,
    pub(crate) article: &'static str,
    pub(crate) author: &'static str,
    pub(crate) text: &'static str,
    pub(crate) email: &'static str,
    pub(crate) site: &'static str,
    pub(crate) reply_to: &'static str,
    /// Hidden from people by the stylesheet, and named like something that a robot wants to fill.
    pub(crate) trap: &'static str,
    pub(crate) notify: &'static str,
    pub(crate) key: &'static str,
    pub(crate) proof: &'static str,
    pub(crate) elapsed: &'static str,
}

/// The contract's.
pub(crate) static OURS: Names = Names {
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

/// Stacosys', but for `reply_to` and what comes behind the trap, which it does not have.
pub(crate) static STACOSYS: Names = Names {
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

impl Names {
    /// The field that a form calls `name`, if it is one that can be refused.
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

    /// The field of a draft that a form calls `name`; none for buttons and tokens of the form's own.
    pub(crate) fn field<'a>(&self, draft: &'a mut Draft, name: &str) -> Option<&'a mut String> {
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
