//! Mail: where it goes out, and what a letter is made of.

pub(crate) mod letter;
pub(crate) mod server;
pub(crate) mod write;

use std::fmt;
use std::time::Duration;

pub use lettre::message::Mailbox;

/// When somebody waits for the outcome, a server may take so long for each of its answers.
const CHECKING: Duration = Duration::from_secs(5);

/// A mail server that takes our mail, and under which name.
#[derive(Debug, Clone)]
pub struct MailServer {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is encrypted.
    pub tls: Tls,
    /// Who we are there; none where it does not ask.
    pub login: Option<Login>,
    /// Who our mail comes from.
    pub from: Mailbox,
}

/// How the way to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte on, as on port 465.
    Tls,
    /// After a word in the clear, as on port 587; never without.
    StartTls,
    /// Not at all: only on this machine.
    None,
}

/// A name and a password.
#[derive(Debug, Clone)]
pub struct Login {
    /// The name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// What no log and no message shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"***\"")
    }
}

impl MailServer {
    /// Looks whether it would take mail: connects, agrees on TLS, logs in, and sends nothing. What is wrong, and how to mend it.
    pub fn check(&self) -> Result<(), String> {
        let connection = server::Connection::open(self, CHECKING).map_err(|undelivered| undelivered.to_string())?;
        connection.close();
        Ok(())
    }
}

impl fmt::Display for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::None => "none",
        })
    }
}
