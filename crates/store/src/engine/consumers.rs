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
    /// The recipient within the queue: `moderator NAME` or `reader NUMBER` of a mail, the path of a changed article. Empty for webhooks, and for
    /// a change of files that belong to no article.
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
    /// The queues that get a job for each article whose files have changed. Every job also covers changes of files that belong to no article,
    /// such as lists. If only such files have changed, there is one job with an empty subject.
    pub changes: Vec<String>,
    /// Whether readers who asked for it are notified of answers. Otherwise no address is stored.
    pub replies: bool,
    /// The delay of jobs about pending comments and replies, in milliseconds, so that later ones can join the same mail. Webhooks for pending
    /// comments are delayed too.
    pub gather: i64,
    /// The minimum time between two mails to one reader, in milliseconds.
    pub replies_every: i64,
}
