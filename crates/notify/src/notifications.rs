use ardoise_model::{Comment, Moderator, Origin, Timestamp};
use ardoise_store::{CommentDetail, Consumers, Recipient, Store, StoreError};

use crate::webhook::Event;
use crate::{Language, Links, MailServer, Webhook};

/// Who is notified of what, and how.
#[derive(Clone)]
pub struct Notifications {
    /// The mail server. `None`: no mail is sent.
    pub mail: Option<MailServer>,
    /// The webhooks to call.
    pub webhooks: Vec<Webhook>,
    /// The moderators. Those with an address get mail about pending comments.
    pub moderators: Vec<Moderator>,
    /// Whether readers may subscribe to replies.
    pub replies: bool,
    /// The delays of mail.
    pub timing: MailTiming,
    /// The origin of the site.
    pub origin: Origin,
    /// The title of the site.
    pub title: String,
    /// The language of the mails.
    pub language: Language,
}

/// The delays of outgoing mail, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailTiming {
    /// How long comments gather for one mail to a moderator.
    pub gather: i64,
    /// The minimum time between two mails to one reader.
    pub replies_every: i64,
}

/// What the dispatcher needs beside the settings.
#[derive(Clone)]
pub struct DispatchContext {
    /// Signs links.
    pub links: Links,
    /// Creates a sign-in link for a moderator, which works once, and returns its URL. It is called when the mail is composed, so that no queue
    /// holds the secret.
    pub sign_in: fn(&Store, &Links, &str, Timestamp) -> Result<String, StoreError>,
    /// Returns the current time.
    pub clock: fn() -> Timestamp,
}

/// The minimum time between two sign-in mails to one moderator, in milliseconds. It keeps the public form from filling a mailbox.
const MIN_SIGN_IN_INTERVAL_MILLIS: i64 = 5 * Timestamp::MINUTE;

/// Enqueues a sign-in mail for a moderator. Does nothing, and returns no error, if there is no such moderator, if they have no address, or if they
/// got such a mail a short time ago: the form must not reveal which.
pub fn mail_sign_in(store: &Store, notifications: &Notifications, moderator: &str, now: Timestamp) -> Result<(), StoreError> {
    let Some(Moderator { name, email: Some(_) }) = Moderator::named(&notifications.moderators, moderator) else { return Ok(()) };
    if notifications.mail.is_none() || store.invited_since(name, Timestamp(now.0 - MIN_SIGN_IN_INTERVAL_MILLIS), now)? {
        return Ok(());
    }
    store.enqueue(&Recipient::moderator(name), "sign_in", now)
}

impl Notifications {
    /// Returns whether any moderator gets mail.
    pub fn mails_moderators(&self) -> bool {
        self.mail.is_some() && self.moderators.iter().any(|moderator| moderator.email.is_some())
    }

    /// Returns the consumers for which the store enqueues mails and requests to webhooks.
    pub fn consumers(&self) -> Consumers {
        let mailed = self.moderators.iter().filter(|moderator| self.mail.is_some() && moderator.email.is_some());
        let hooks = |event: fn(&Webhook) -> bool| self.webhooks.iter().filter(move |hook| event(hook)).map(Webhook::recipient);
        Consumers {
            pending: mailed.map(|moderator| Recipient::moderator(&moderator.name)).chain(hooks(|hook| hook.pending)).collect(),
            approved: hooks(|hook| hook.approved).collect(),
            changes: vec![],
            replies: self.mail.is_some() && self.replies,
            gather: self.timing.gather,
            replies_every: self.timing.replies_every,
        }
    }

    /// Returns the URL of a comment's article.
    pub(crate) fn article_url(&self, comment: &Comment) -> String {
        format!("{}{}", self.origin, comment.article.to_url_path())
    }

    /// Returns the URL of a published comment.
    pub(crate) fn comment_url(&self, comment: &Comment) -> String {
        format!("{}#comment-{}", self.article_url(comment), comment.id)
    }

    /// Returns the event of a comment for webhooks; `kind` is `pending` or `approved`.
    pub(crate) fn event<'a>(&'a self, moderation_url: &str, kind: &'a str, detail: &'a CommentDetail) -> Event<'a> {
        let url = if kind == "pending" { self.article_url(&detail.comment) } else { self.comment_url(&detail.comment) };
        Event { kind, detail, url, queue: format!("{moderation_url}moderation"), site: &self.title }
    }
}
