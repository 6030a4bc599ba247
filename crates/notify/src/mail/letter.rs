use std::time::{Duration, UNIX_EPOCH};

use ardoise_model::Timestamp;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

/// A letter, ready to be sealed.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) to: Address,
    pub(crate) subject: String,
    pub(crate) plain: String,
    pub(crate) html: String,
    /// What makes a second copy of it recognisable as such.
    pub(crate) identity: String,
    /// Where a mail program leaves the list for its reader, without asking him again.
    pub(crate) unsubscribe: Option<String>,
}

impl Letter {
    /// As it travels. An error here is a fault in an address or a header, and will be one at the next attempt too.
    pub(crate) fn seal(self, from: &Mailbox, now: Timestamp) -> Result<Vec<u8>, String> {
        let Self { to, subject, plain, html, identity, unsubscribe } = self;
        let date = UNIX_EPOCH + Duration::from_millis(now.0.unsigned_abs());
        let mut letter = Message::builder()
            .from(from.clone())
            .to(to.into())
            // A title may come from anywhere.
            .subject(subject.split_whitespace().collect::<Vec<_>>().join(" "))
            .date(date)
            .message_id(Some(format!("<{identity}@{}>", from.email.domain())))
            // Nobody's holiday answers this.
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("X-Auto-Response-Suppress", "All"));
        if let Some(url) = unsubscribe {
            letter = letter
                .raw_header(header("List-Unsubscribe", &format!("<{url}>")))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        let letter = letter.multipart(MultiPart::alternative_plain_html(plain, html)).map_err(|error| error.to_string())?;
        Ok(letter.formatted())
    }
}

/// Both are ours, and ASCII.
fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.to_owned(), value.to_owned())
}
