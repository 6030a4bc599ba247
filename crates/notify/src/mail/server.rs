use std::fmt;
use std::time::Duration;

use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};

use super::{MailServer, Tls};

/// The time limit for each response of the server. A mail takes about eight of them, which is less than a lease.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(20);

/// The reason why a mail was not sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SendError {
    /// The server cannot be reached, or accepts no mail at all.
    Server(String),
    /// The server refused this mail; it may accept it later.
    Later(String),
    /// The server says that the recipient does not exist.
    NoSuchAddress(String),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Server(why) | Self::Later(why) | Self::NoSuchAddress(why)) = self;
        f.write_str(why)
    }
}

impl SendError {
    /// Returns the error without an address that the server may have quoted, in any case.
    pub(crate) fn without(self, address: &str) -> Self {
        let hidden = |message: String| {
            let places = message.to_ascii_lowercase().match_indices(&address.to_ascii_lowercase()).map(|(at, _)| at).collect::<Vec<_>>();
            let mut shown = message;
            places.into_iter().rev().for_each(|at| shown.replace_range(at..at + address.len(), "the address"));
            shown
        };
        match self {
            Self::Server(message) => Self::Server(hidden(message)),
            Self::Later(message) => Self::Later(hidden(message)),
            Self::NoSuchAddress(message) => Self::NoSuchAddress(hidden(message)),
        }
    }
}

/// An SMTP session, in which several mails can be sent.
pub(crate) struct Connection {
    smtp: SmtpConnection,
    from: Mailbox,
}

impl Connection {
    /// Connects, negotiates TLS and logs in. `timeout` is the limit for each response of the server.
    pub(crate) fn open(server: &MailServer, timeout: Duration) -> Result<Self, SendError> {
        let MailServer { host, port, tls, login, from } = server;
        let at = |what: &str, error: &Error, mend: &str| {
            SendError::Server(format!("{host}:{port}: {what}: {}; {mend}", describe(error, timeout)))
        };
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let encrypted = TlsParameters::new(host.clone()).map_err(|error| at("TLS", &error, "correct [mail] server"))?;
        let at_once = (*tls == Tls::Tls).then_some(&encrypted);
        let smtp = SmtpConnection::connect((host.as_str(), *port), Some(timeout), &hello, at_once, None);
        let mut smtp = smtp.map_err(|error| at("no connection", &error, "is it running, and are [mail] server and tls right?"))?;
        if *tls == Tls::StartTls {
            let upgraded = smtp.starttls(&encrypted, &hello);
            upgraded.map_err(|error| at("STARTTLS", &error, "correct [mail] tls, or the server's certificate"))?;
        }
        if let Some(login) = login {
            let credentials = Credentials::new(login.user.clone(), login.password.0.clone());
            let known = smtp.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            known.map_err(|error| at("it does not let us in", &error, "correct [mail] user and password"))?;
        }
        Ok(Self { smtp, from: from.clone() })
    }

    /// Sends a formatted mail. After `Ok` the server is responsible for it.
    pub(crate) fn deliver(&mut self, to: &Address, email: &[u8]) -> Result<(), SendError> {
        let international = !to.to_string().is_ascii() || !self.from.email.to_string().is_ascii();
        if international && !self.smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(SendError::NoSuchAddress("the mail server takes no addresses with letters beyond ASCII".to_owned()));
        }
        let parameters = if international { vec![MailParameter::SmtpUtfEight] } else { vec![] };
        let sender = self.smtp.command(Mail::new(Some(self.from.email.clone()), parameters));
        sender.map_err(|error| self.error("our own address was refused", &error, false))?;
        let recipient = self.smtp.command(Rcpt::new(to.clone(), vec![]));
        recipient.map_err(|error| self.error("the recipient was refused", &error, true))?;
        let content = self.smtp.command(Data).and_then(|_| self.smtp.message(email));
        content.map(drop).map_err(|error| self.error("the letter was refused", &error, false))
    }

    /// Classifies an error, and resets the session for the next mail if the server still responds.
    fn error(&mut self, what: &str, error: &Error, about_recipient: bool) -> SendError {
        let message = format!("{what}: {}", describe(error, TIMEOUT));
        let answered = error.is_transient() || error.is_permanent();
        if !answered || self.smtp.command(Rset).is_err() {
            return SendError::Server(message);
        }
        if about_recipient && error.is_permanent() { SendError::NoSuchAddress(message) } else { SendError::Later(message) }
    }

    /// Ends the session.
    pub(crate) fn close(mut self) {
        // The server has accepted all mails already, so an error here has no consequence.
        let _ = self.smtp.quit();
    }
}

/// Returns the error as text. Timeouts are recognised by their cause, because their text depends on the operating system.
fn describe(error: &Error, timeout: Duration) -> String {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        let io = error.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| matches!(io.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)) {
            return format!("it gave no answer within {} s", timeout.as_secs());
        }
        cause = error.source();
    }
    error.to_string()
}
