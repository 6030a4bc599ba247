use std::time::{Duration, UNIX_EPOCH};

use ardoise_model::Timestamp;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

/// An e-mail to one recipient.
#[derive(Debug)]
pub(crate) struct Email {
    pub(crate) to: Address,
    pub(crate) subject: String,
    pub(crate) plain: String,
    pub(crate) html: String,
    /// The local part of the `Message-ID`. Copies of the same mail have the same one.
    pub(crate) identity: String,
    /// The URL for `List-Unsubscribe`, by which mail programs unsubscribe the reader with one click.
    pub(crate) unsubscribe: Option<String>,
}

impl Email {
    /// Formats the mail for SMTP. An error is caused by an address or a header, so that another attempt fails too.
    pub(crate) fn format(self, from: &Mailbox, now: Timestamp) -> Result<Vec<u8>, String> {
        let Self { to, subject, plain, html, identity, unsubscribe } = self;
        let date = UNIX_EPOCH + Duration::from_millis(now.0.unsigned_abs());
        let mut message = Message::builder()
            .from(from.clone())
            .to(to.into())
            // Titles may contain line breaks, which a header must not.
            .subject(subject.split_whitespace().collect::<Vec<_>>().join(" "))
            .date(date)
            .message_id(Some(format!("<{identity}@{}>", from.email.domain())))
            // These two keep vacation responders from replying.
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("X-Auto-Response-Suppress", "All"));
        if let Some(url) = unsubscribe {
            message = message
                .raw_header(header("List-Unsubscribe", &format!("<{url}>")))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        let message = message.multipart(MultiPart::alternative_plain_html(plain, html)).map_err(|error| error.to_string())?;
        Ok(message.formatted())
    }
}

/// Returns a header whose name and value are known to be ASCII.
fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.to_owned(), value.to_owned())
}
