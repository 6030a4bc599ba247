//! Mail: the settings of the mail server, its client, and the mails themselves.

pub(crate) mod compose;
pub(crate) mod email;
pub(crate) mod server;

use std::fmt;
use std::time::Duration;

pub use lettre::message::Mailbox;

/// The time limit for each response of the server in [`MailServer::check`], which a person waits for.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);

/// The mail server that takes outgoing mail.
#[derive(Debug, Clone)]
pub struct MailServer {
    /// The host name or IP address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The encryption of the connection.
    pub tls: Tls,
    /// The credentials. `None`: the server asks for none.
    pub login: Option<Login>,
    /// The sender of all mails.
    pub from: Mailbox,
}

/// The encryption of the connection to a mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte on, usually on port 465.
    Tls,
    /// STARTTLS, usually on port 587. Without it no mail is sent.
    StartTls,
    /// No encryption; only for a server on this machine.
    None,
}

/// The credentials for a mail server.
#[derive(Debug, Clone)]
pub struct Login {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// A text that is hidden in debug output.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"***\"")
    }
}

impl MailServer {
    /// Checks whether the server would take mail: connects, negotiates TLS and logs in, but sends nothing. The error says what is wrong and how
    /// to mend it.
    pub fn check(&self) -> Result<(), String> {
        let connection = server::Connection::open(self, CHECK_TIMEOUT).map_err(|error| error.to_string())?;
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
