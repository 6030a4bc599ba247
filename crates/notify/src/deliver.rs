//! The delivery of one batch: drops jobs that are obsolete, composes the mail or the request, and interprets the receiver's response.

use ardoise_model::{CommentId, Moderator, Status, Timestamp};
use ardoise_store::{Claim, CommentDetail, Job, JobGroup, MAIL_QUEUE, StoreError};
use lettre::Address;

use crate::dispatcher::Dispatcher;
use crate::external_call::ExternalCall;
use crate::mail::compose::{self, Content};
use crate::mail::email::Email;
use crate::mail::server::{Connection, SendError, TIMEOUT};
use crate::signed::Links;

/// The lease of claimed jobs, longer than one mail or one request takes. When it ends, the process that claimed them is considered dead.
pub(crate) const LEASE_MILLIS: i64 = 5 * Timestamp::MINUTE;

/// Jobs of one group that were claimed together.
pub(crate) struct Batch<'a> {
    pub(crate) queue: &'a str,
    pub(crate) group: &'a JobGroup,
    pub(crate) claim: &'a Claim,
}

/// The way to the receiver.
pub(crate) struct Receiver<'a> {
    /// The session with the mail server, if one is open. Webhooks have none.
    pub(crate) connection: &'a mut Option<Connection>,
    /// The guard around blocking calls.
    pub(crate) call: &'a ExternalCall,
}

/// The outcome of a delivery.
pub(crate) enum DeliveryOutcome {
    /// The receiver has accepted the jobs.
    Delivered,
    /// There is nothing left to notify of, or no one to notify, or another process has the jobs.
    Obsolete,
    /// The mail server accepts no mail at present.
    ServerDown(String),
    /// The receiver refused these jobs; it may accept them later.
    Refused(String),
}

/// A composed mail to one person.
struct Outgoing<'a> {
    to: &'a str,
    /// `None`: there is nothing to write.
    content: Option<askama::Result<Content>>,
    identity: String,
    unsubscribe: Option<String>,
}

impl Batch<'_> {
    /// Returns the recipient: a person, or a webhook. It is part of the identity of a mail, so its form must not change.
    pub(crate) fn recipient(&self) -> &str {
        if self.group.subject.is_empty() { self.queue } else { &self.group.subject }
    }

    /// Returns an identity that is the same whenever these jobs are delivered together.
    fn identity(&self, links: &Links, jobs: &[Job]) -> String {
        let ids = jobs.iter().map(|job| job.id.to_string()).collect::<Vec<_>>().join(" ");
        links.identity(&format!("{}\n{}\n{ids}", self.recipient(), self.group.kind))
    }
}

impl Dispatcher {
    /// Delivers a batch to the moderator, the reader or the webhook that it names.
    pub(crate) fn deliver(&self, receiver: Receiver<'_>, batch: &Batch<'_>) -> Result<DeliveryOutcome, StoreError> {
        if batch.queue != MAIL_QUEUE {
            return self.deliver_to_webhook(receiver.call, batch);
        }
        match batch.group.subject.split_once(' ') {
            Some(("moderator", name)) => self.deliver_to_moderator(receiver, name, batch),
            // A number that cannot be read names no subscriber.
            Some(("reader", number)) => self.deliver_to_reader(receiver, number.parse().unwrap_or_default(), batch),
            _ => Ok(DeliveryOutcome::Obsolete),
        }
    }

    fn deliver_to_moderator(&self, receiver: Receiver<'_>, name: &str, batch: &Batch<'_>) -> Result<DeliveryOutcome, StoreError> {
        let links = &self.context.links;
        let moderator = self.notifications.moderators.iter().find(|moderator| moderator.name == name);
        let Some(Moderator { name, email: Some(email) }) = moderator else { return Ok(DeliveryOutcome::Obsolete) };
        let content = match batch.group.kind.as_str() {
            "pending" => {
                let waiting = self.with_status(Status::Pending, &batch.claim.jobs)?;
                (!waiting.is_empty()).then(|| compose::pending(&self.notifications, links, name, &waiting, self.now()))
            }
            "sign_in" => {
                let url = (self.context.sign_in)(&self.store, links, name, self.now())?;
                Some(compose::sign_in(&self.notifications, &url))
            }
            _ => None,
        };
        let mail = Outgoing { to: email, content, identity: batch.identity(links, &batch.claim.jobs), unsubscribe: None };
        Ok(self.mail(receiver, mail).unwrap_or_else(into_outcome))
    }

    fn deliver_to_reader(&self, receiver: Receiver<'_>, reader: i64, batch: &Batch<'_>) -> Result<DeliveryOutcome, StoreError> {
        let links = &self.context.links;
        let Some(subscriber) = self.store.subscriber(reader)? else { return Ok(DeliveryOutcome::Obsolete) };
        let published = self.with_status(Status::Approved, &batch.claim.jobs)?;
        let (content, unsubscribe) = match batch.group.kind.as_str() {
            "confirm" if !subscriber.confirmed && !published.is_empty() => {
                (Some(compose::confirm(&self.notifications, links, reader, self.now())), None)
            }
            "reply" if subscriber.confirmed => {
                let replies = self.with_subscribed_comment(reader, published)?;
                let unsubscribe = links.leave(reader, None);
                ((!replies.is_empty()).then(|| compose::replies(&self.notifications, links, reader, &replies)), Some(unsubscribe))
            }
            _ => (None, None),
        };
        match self
            .mail(receiver, Outgoing { to: &subscriber.email, content, identity: batch.identity(links, &batch.claim.jobs), unsubscribe })
        {
            Ok(DeliveryOutcome::Delivered) => {
                // After an error, the next mail may come sooner than it should. That is better than this one twice.
                if let Err(error) = self.store.record_mail(reader, self.now()) {
                    tracing::warn!(reader, "the time of a mail could not be recorded: {error}");
                }
                Ok(DeliveryOutcome::Delivered)
            }
            Ok(outcome) => Ok(outcome),
            Err(SendError::NoSuchAddress(_)) => {
                // The server's message names the address, which must not be logged.
                let forgotten = self.store.record_bounce(reader)?;
                tracing::info!(reader, forgotten, "a reader's mail server says that there is no such address");
                Ok(DeliveryOutcome::Obsolete)
            }
            // A reader's address is neither logged nor shown. Each answer of a mail server may contain it.
            Err(error) => Ok(into_outcome(error.without(&subscriber.email))),
        }
    }

    fn deliver_to_webhook(&self, call: &ExternalCall, batch: &Batch<'_>) -> Result<DeliveryOutcome, StoreError> {
        let hook = self.notifications.webhooks.iter().find(|hook| hook.recipient().queue == batch.queue);
        let Some(hook) = hook else { return Ok(DeliveryOutcome::Obsolete) };
        let (kind, links) = (batch.group.kind.as_str(), &self.context.links);
        let status = if kind == "pending" { Status::Pending } else { Status::Approved };
        for job in &batch.claim.jobs {
            // The requests together may take longer than the lease.
            if !self.store.renew_claim(batch.claim, self.now(), LEASE_MILLIS)? {
                // Another process has the jobs: they stay when this claim's jobs are removed.
                return Ok(DeliveryOutcome::Obsolete);
            }
            let one = std::slice::from_ref(job);
            let [detail] = &*self.with_status(status, one)? else { continue };
            let event = self.notifications.event(&links.moderation_url, kind, detail);
            let identity = batch.identity(links, one);
            if let Err(error) = call.run(|| hook.send(&self.agent, &event, &identity, self.now())) {
                return Ok(DeliveryOutcome::Refused(error));
            }
            // Recorded one by one, so that a later failure does not send this event again.
            self.store.finish_job(batch.claim, job)?;
        }
        Ok(DeliveryOutcome::Delivered)
    }

    /// Returns the comments of the jobs that still have `status`. A decision after the job was enqueued makes it obsolete.
    fn with_status(&self, status: Status, jobs: &[Job]) -> Result<Vec<CommentDetail>, StoreError> {
        let mut details = Vec::new();
        for comment in jobs.iter().filter_map(|job| job.comment.as_ref()) {
            match self.store.detail(comment) {
                Ok(detail) if detail.comment.status == status => details.push(detail),
                Ok(_) | Err(StoreError::NoSuchComment(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(details)
    }

    /// Returns each reply with the reader's own comment above it. Replies in threads that the reader has unsubscribed from are left out.
    fn with_subscribed_comment(&self, reader: i64, replies: Vec<CommentDetail>) -> Result<Vec<(CommentDetail, CommentId)>, StoreError> {
        let mut subscribed = Vec::new();
        for reply in replies {
            if let Some(own) = self.store.subscribed_above(reader, &reply.comment.id)? {
                subscribed.push((reply, own));
            }
        }
        Ok(subscribed)
    }

    fn mail(&self, receiver: Receiver<'_>, mail: Outgoing<'_>) -> Result<DeliveryOutcome, SendError> {
        let Outgoing { to, content, identity, unsubscribe } = mail;
        let (Some(server), Some(content)) = (&self.notifications.mail, content) else { return Ok(DeliveryOutcome::Obsolete) };
        let later = |error: &dyn std::fmt::Display| SendError::Later(format!("the mail could not be written: {error}"));
        let Content { subject, plain, html } = content.map_err(|error| later(&error))?;
        let Ok(to) = to.parse::<Address>() else {
            return Err(SendError::NoSuchAddress("no mail server would know the address".to_owned()));
        };
        let email = Email { to: to.clone(), subject, plain, html, identity, unsubscribe };
        let email = email.format(&server.from, self.now()).map_err(|error| later(&error))?;
        let Receiver { connection, call } = receiver;
        call.run(|| {
            let open = match connection {
                Some(open) => open,
                None => connection.insert(Connection::open(server, TIMEOUT)?),
            };
            open.deliver(&to, &email).map(|()| DeliveryOutcome::Delivered)
        })
    }
}

fn into_outcome(error: SendError) -> DeliveryOutcome {
    match error {
        SendError::Server(error) => DeliveryOutcome::ServerDown(error),
        SendError::Later(error) | SendError::NoSuchAddress(error) => DeliveryOutcome::Refused(error),
    }
}
