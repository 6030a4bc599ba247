//! One delivery: what is still worth telling, how it is said, and how the other side took it.

use ardoise_model::{CommentId, Moderator, Status};
use ardoise_store::{CommentDetail, Message, StoreError};
use lettre::Address;

use crate::mail::letter::Letter;
use crate::mail::server::{Connection, PATIENCE, Undelivered};
use crate::mail::write::{self, Written};
use crate::{Dispatcher, ExternalCall, webhook};

/// What became of messages.
pub(crate) enum Outcome {
    /// The other side has them.
    Taken,
    /// There is nothing to tell any more, or nobody whom to tell.
    Pointless,
    /// The mail server takes nothing from anybody.
    ServerDown(String),
    /// They were not taken; later they may be.
    Refused(String),
}

impl Dispatcher {
    pub(crate) fn deliver(
        &self,
        connection: (&mut Option<Connection>, &ExternalCall),
        channel: &str,
        kind: &str,
        messages: &[Message],
    ) -> Result<Outcome, StoreError> {
        let identity = self.identity(channel, kind, messages);
        match channel.split_once(' ') {
            Some(("mail", name)) => {
                let moderator = self.outgoing.moderators.iter().find(|moderator| moderator.name == name);
                let Some(Moderator { name, email: Some(email) }) = moderator else { return Ok(Outcome::Pointless) };
                let written = match kind {
                    "pending" => {
                        let waiting = self.still(Status::Pending, messages)?;
                        (!waiting.is_empty()).then(|| write::pending((&self.outgoing, &self.means), name, &waiting, self.now()))
                    }
                    "sign_in" => {
                        let url = (self.means.sign_in)(&self.store, &self.means.links, name, self.now())?;
                        Some(write::sign_in(&self.outgoing, &url))
                    }
                    _ => None,
                };
                Ok(self.mail(connection, email, written, identity, None).unwrap_or_else(into_outcome))
            }
            Some(("reader", number)) => self.deliver_to_reader(connection, number.parse().unwrap_or_default(), kind, messages, identity),
            Some(("webhook", name)) => self.deliver_to_webhook(connection.1, name, kind, messages),
            _ => Ok(Outcome::Pointless),
        }
    }

    fn deliver_to_reader(
        &self,
        connection: (&mut Option<Connection>, &ExternalCall),
        reader: i64,
        kind: &str,
        messages: &[Message],
        identity: String,
    ) -> Result<Outcome, StoreError> {
        let Some(subscriber) = self.store.subscriber(reader)? else { return Ok(Outcome::Pointless) };
        let published = self.still(Status::Approved, messages)?;
        let (written, leave) = match kind {
            "confirm" if !subscriber.confirmed && !published.is_empty() => {
                (Some(write::confirm((&self.outgoing, &self.means), reader, self.now())), None)
            }
            "reply" if subscriber.confirmed => {
                let answers = self.below_his_own(reader, published)?;
                let leave = self.means.links.leave(reader, None);
                ((!answers.is_empty()).then(|| write::replies((&self.outgoing, &self.means), reader, &answers)), Some(leave))
            }
            _ => (None, None),
        };
        match self.mail(connection, &subscriber.email, written, identity, leave) {
            Ok(Outcome::Taken) => {
                self.store.record_mail(reader, self.now())?;
                Ok(Outcome::Taken)
            }
            Ok(outcome) => Ok(outcome),
            Err(Undelivered::NoSuchAddress(_)) => {
                // What such a server says names the address, which is nobody's business.
                let forgotten = self.store.record_bounce(reader)?;
                tracing::info!(reader, forgotten, "a reader's mail server says that there is no such address");
                Ok(Outcome::Pointless)
            }
            // An address stays in the store: what a server says of it is neither logged nor shown.
            Err(Undelivered::Later(error)) => Ok(Outcome::Refused(error.replace(&subscriber.email, "the address"))),
            Err(undelivered) => Ok(into_outcome(undelivered)),
        }
    }

    fn deliver_to_webhook(&self, outside: &ExternalCall, name: &str, kind: &str, messages: &[Message]) -> Result<Outcome, StoreError> {
        let Some(hook) = self.outgoing.webhooks.iter().find(|hook| hook.name == name) else { return Ok(Outcome::Pointless) };
        let status = if kind == "pending" { Status::Pending } else { Status::Approved };
        for message in messages {
            let [detail] = &*self.still(status, std::slice::from_ref(message))? else { continue };
            let event = webhook::event(&self.outgoing, &self.means.links.moderation_url, kind, detail);
            let identity = self.identity(&hook.channel(), kind, std::slice::from_ref(message));
            if let Err(error) = outside.talk(|| hook.tell(&self.agent, &event, &identity, self.now())) {
                return Ok(Outcome::Refused(error));
            }
            // Each is told on its own: what arrived is not told again because the next one did not.
            self.store.remove_messages(&[message.id])?;
        }
        Ok(Outcome::Taken)
    }

    /// Comments that are what they were when the message was written; in the meantime somebody may have decided.
    fn still(&self, status: Status, messages: &[Message]) -> Result<Vec<CommentDetail>, StoreError> {
        let mut still = Vec::new();
        for comment in messages.iter().filter_map(|message| message.comment.as_ref()) {
            match self.store.detail(comment) {
                Ok(detail) if detail.comment.status == status => still.push(detail),
                Ok(_) | Err(StoreError::NoSuchComment(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(still)
    }

    /// Answers with the reader's own comment above each; without those of which he wants to hear no more.
    fn below_his_own(&self, reader: i64, answers: Vec<CommentDetail>) -> Result<Vec<(CommentDetail, CommentId)>, StoreError> {
        let mut below = Vec::new();
        for answer in answers {
            if let Some(own) = self.store.subscribed_above(reader, &answer.comment.id)? {
                below.push((answer, own));
            }
        }
        Ok(below)
    }

    fn mail(
        &self,
        connection: (&mut Option<Connection>, &ExternalCall),
        to: &str,
        written: Option<askama::Result<Written>>,
        identity: String,
        unsubscribe: Option<String>,
    ) -> Result<Outcome, Undelivered> {
        let (Some(server), Some(written)) = (&self.outgoing.mail, written) else { return Ok(Outcome::Pointless) };
        let later = |error: &dyn std::fmt::Display| Undelivered::Later(format!("the mail could not be written: {error}"));
        let Written { subject, plain, html } = written.map_err(|error| later(&error))?;
        let Ok(to) = to.parse::<Address>() else {
            return Err(Undelivered::NoSuchAddress("no mail server would know the address".to_owned()));
        };
        let letter = Letter { to: to.clone(), subject, plain, html, identity, unsubscribe };
        let letter = letter.seal(&server.from, self.now()).map_err(|error| later(&error))?;
        let (connection, outside) = connection;
        outside.talk(|| {
            let open = match connection {
                Some(open) => open,
                None => connection.insert(Connection::open(server, PATIENCE)?),
            };
            open.deliver(&to, &letter).map(|()| Outcome::Taken)
        })
    }

    fn identity(&self, channel: &str, kind: &str, messages: &[Message]) -> String {
        let ids = messages.iter().map(|message| message.id.to_string()).collect::<Vec<_>>().join(" ");
        self.means.links.identity(&format!("{channel}\n{kind}\n{ids}"))
    }
}

fn into_outcome(undelivered: Undelivered) -> Outcome {
    match undelivered {
        Undelivered::Server(error) => Outcome::ServerDown(error),
        Undelivered::Later(error) | Undelivered::NoSuchAddress(error) => Outcome::Refused(error),
    }
}
