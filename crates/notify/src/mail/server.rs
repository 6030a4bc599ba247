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

/// How long the server may take for each of its answers. A letter takes some eight of them, and so less than a lease.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Why a letter is still here.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Undelivered {
    /// The server takes nobody's mail just now.
    Server(String),
    /// It does not take this letter now; later it may.
    Later(String),
    /// It says that there is no such address.
    NoSuchAddress(String),
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Server(why) | Self::Later(why) | Self::NoSuchAddress(why)) = self;
        f.write_str(why)
    }
}

/// A conversation with the server, in which letter follows letter.
pub(crate) struct Connection {
    smtp: SmtpConnection,
    from: Mailbox,
}

impl Connection {
    /// Connects, agrees on TLS and logs in. The server may take `patience` for each of its answers.
    pub(crate) fn open(server: &MailServer, patience: Duration) -> Result<Self, Undelivered> {
        let MailServer { host, port, tls, login, from } = server;
        let at = |what: &str, error: &Error, mend: &str| {
            Undelivered::Server(format!("{host}:{port}: {what}: {}; {mend}", said(error, patience)))
        };
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let encrypted = TlsParameters::new(host.clone()).map_err(|error| at("TLS", &error, "correct [mail] server"))?;
        let at_once = (*tls == Tls::Tls).then_some(&encrypted);
        let smtp = SmtpConnection::connect((host.as_str(), *port), Some(patience), &hello, at_once, None);
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

    /// Hands a letter over. When this returns fine, the server has it.
    pub(crate) fn deliver(&mut self, to: &Address, letter: &[u8]) -> Result<(), Undelivered> {
        let international = !to.to_string().is_ascii() || !self.from.email.to_string().is_ascii();
        if international && !self.smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Undelivered::NoSuchAddress("the mail server takes no addresses with letters beyond ASCII".to_owned()));
        }
        let parameters = if international { vec![MailParameter::SmtpUtfEight] } else { vec![] };
        let sender = self.smtp.command(Mail::new(Some(self.from.email.clone()), parameters));
        sender.map_err(|error| self.trouble("our own address was refused", &error, false))?;
        let recipient = self.smtp.command(Rcpt::new(to.clone(), vec![]));
        recipient.map_err(|error| self.trouble("the recipient was refused", &error, true))?;
        let content = self.smtp.command(Data).and_then(|_| self.smtp.message(letter));
        content.map(drop).map_err(|error| self.trouble("the letter was refused", &error, false))
    }

    /// What is wrong; the conversation goes on with another letter, if the server is still there.
    fn trouble(&mut self, what: &str, error: &Error, about_recipient: bool) -> Undelivered {
        let said = format!("{what}: {}", said(error, PATIENCE));
        let answered = error.is_transient() || error.is_permanent();
        if !answered || self.smtp.command(Rset).is_err() {
            return Undelivered::Server(said);
        }
        if about_recipient && error.is_permanent() { Undelivered::NoSuchAddress(said) } else { Undelivered::Later(said) }
    }

    pub(crate) fn close(mut self) {
        // All letters were taken over before; whether it hears the farewell does not matter.
        let _ = self.smtp.quit();
    }
}

/// An error in words. What a read that took too long is called depends on the system.
fn said(error: &Error, patience: Duration) -> String {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        let io = error.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| matches!(io.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)) {
            return format!("it gave no answer within {} s", patience.as_secs());
        }
        cause = error.source();
    }
    error.to_string()
}
