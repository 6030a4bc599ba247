//! The consumers of changes, and the queues of their jobs.

/// The queue of mails.
pub const MAIL_QUEUE: &str = "mail";
/// The queue of the owner's command, which runs after changes.
pub const ON_CHANGE_QUEUE: &str = "on_change";

/// A recipient of jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The queue: `mail`, `webhook NAME` or `on_change`. Queues do not wait for each other.
    pub queue: String,
    /// The recipient within the queue: `moderator NAME` or `reader NUMBER` of a mail. Empty where the queue has one recipient.
    pub subject: String,
}

impl Recipient {
    /// Returns a moderator as a recipient of mail.
    pub fn moderator(name: &str) -> Self {
        Self { queue: MAIL_QUEUE.to_owned(), subject: format!("moderator {name}") }
    }

    /// Returns a subscriber as a recipient of mail.
    pub fn reader(number: i64) -> Self {
        Self { queue: MAIL_QUEUE.to_owned(), subject: format!("reader {number}") }
    }

    /// Returns a webhook.
    pub fn webhook(name: &str) -> Self {
        Self { queue: format!("webhook {name}"), subject: String::new() }
    }
}

/// The consumers of changes. The store enqueues jobs for them in the transaction of the change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consumers {
    /// Who is notified of comments which wait for a decision.
    pub pending: Vec<Recipient>,
    /// Who is notified of published comments.
    pub approved: Vec<Recipient>,
    /// The queues that get a job for each article whose files have changed. With any job, the consumer also takes over the files that belong
    /// to no article.
    pub changes: Vec<String>,
    /// Whether readers who asked for it are notified of answers. Otherwise no address is stored.
    pub replies: bool,
    /// How long a mail is delayed so that later messages can join it, in milliseconds.
    pub gather: i64,
    /// The minimum time between two mails to one reader, in milliseconds.
    pub replies_every: i64,
}
