use ardoise_model::{Comment, Moderator, Origin, Timestamp};
use ardoise_store::{Channels, CommentDetail, Store, StoreError};

use crate::{Language, Links, MailServer, Webhook};

/// Who is told of what, and by which way.
#[derive(Clone)]
pub struct Notifications {
    /// None: nobody gets mail.
    pub mail: Option<MailServer>,
    /// Programs that are told.
    pub webhooks: Vec<Webhook>,
    /// Who decides; those with an address are told by mail.
    pub moderators: Vec<Moderator>,
    /// Readers may ask to be told of answers.
    pub replies: bool,
    /// The paces of mail.
    pub pace: MailTiming,
    /// Where readers read.
    pub origin: Origin,
    /// What the site is called.
    pub title: String,
    /// In which language mails are written.
    pub language: Language,
}

/// How long mails wait, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailTiming {
    /// For others that can go with them.
    pub gather: i64,
    /// A reader gets one mail in this time, at most.
    pub replies_every: i64,
}

/// What goes out needs to be signed, and to know the time.
#[derive(Clone)]
pub struct DispatchContext {
    /// Signs links.
    pub links: Links,
    /// Draws a moderator's way in, which works once: its address. It is drawn when the mail is written, so that no queue holds it.
    pub sign_in: fn(&Store, &Links, &str, Timestamp) -> Result<String, StoreError>,
    /// The time.
    pub clock: fn() -> Timestamp,
}

/// A moderator who asks for his way in again has had one this many milliseconds ago: whoever plays with the form fills no mailbox.
const AGAIN: i64 = 5 * Timestamp::MINUTE;

/// Mails a moderator his way in, soon. Does nothing where he has no address, or has had one just now: whoever asks is told nothing of that.
pub fn mail_sign_in(store: &Store, outgoing: &Notifications, moderator: &str, now: Timestamp) -> Result<(), StoreError> {
    let Some(Moderator { name, email: Some(_) }) = Moderator::named(&outgoing.moderators, moderator) else { return Ok(()) };
    if outgoing.mail.is_none() || store.invited_since(name, Timestamp(now.0 - AGAIN), now)? {
        return Ok(());
    }
    store.enqueue(&mail_to(name), "sign_in", now)
}

/// A moderator's channel, or a webhook's.
pub(crate) fn mail_to(moderator: &str) -> String {
    format!("mail {moderator}")
}

impl Notifications {
    /// Whether any moderator gets mail.
    pub fn mails_moderators(&self) -> bool {
        self.mail.is_some() && self.moderators.iter().any(|moderator| moderator.email.is_some())
    }

    /// Whom the store is to write messages for.
    pub fn channels(&self) -> Channels {
        let mailed = self.moderators.iter().filter(|moderator| self.mail.is_some() && moderator.email.is_some());
        let hooks = |event: fn(&Webhook) -> bool| self.webhooks.iter().filter(move |hook| event(hook)).map(Webhook::channel);
        Channels {
            pending: mailed.map(|moderator| mail_to(&moderator.name)).chain(hooks(|hook| hook.pending)).collect(),
            approved: hooks(|hook| hook.approved).collect(),
            replies: self.mail.is_some() && self.replies,
            gather: self.pace.gather,
            replies_every: self.pace.replies_every,
        }
    }

    /// Where readers see the article of a comment.
    pub(crate) fn article_url(&self, comment: &Comment) -> String {
        format!("{}{}", self.origin, comment.article.to_url_path())
    }

    /// Where readers see a comment that was published.
    pub(crate) fn comment_url(&self, comment: &Comment) -> String {
        format!("{}#comment-{}", self.article_url(comment), comment.id)
    }
}

/// The title of a comment's article; where the site gives none, its path.
pub(crate) fn title(detail: &CommentDetail) -> &str {
    if detail.article.title.is_empty() { detail.comment.article.as_str() } else { &detail.article.title }
}
