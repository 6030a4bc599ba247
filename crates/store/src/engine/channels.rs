/// Whom the store writes messages for, in the same transaction as what they tell of.
///
/// A channel is a way to somebody outside: `mail NAME` of a moderator, `webhook NAME`, `reader NUMBER` of a subscriber.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Channels {
    /// Told of comments that wait for a decision.
    pub pending: Vec<String>,
    /// Told of comments that were published.
    pub approved: Vec<String>,
    /// Readers who asked for it are told of answers; otherwise no address is kept.
    pub replies: bool,
    /// How long a mail waits for others that can go with it, in milliseconds.
    pub gather: i64,
    /// A reader gets one mail in so many milliseconds, at most.
    pub replies_every: i64,
}
