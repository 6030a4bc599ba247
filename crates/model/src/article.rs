use crate::{ArticlePath, Timestamp};

/// A page of the site that takes comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its identity.
    pub path: ArticlePath,
    /// Its title as plain text; empty where the page gives none.
    pub title: String,
    /// Whether new comments are accepted.
    pub open: bool,
    /// From this moment on they are not, whatever `open` says.
    pub closes_at: Option<Timestamp>,
    /// When it was published, where its page says so.
    pub dated_at: Option<Timestamp>,
}

impl Article {
    /// Whether a comment that comes `now` is accepted.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.open && self.closes_at.is_none_or(|closes_at| now < closes_at)
    }

    /// Whether so many days have passed since it was published. Never, where they are none, and where nobody knows.
    pub fn has_age(&self, days: u32, now: Timestamp) -> bool {
        days > 0 && self.dated_at.is_some_and(|dated_at| now.0 >= dated_at.0.saturating_add(i64::from(days) * Timestamp::DAY))
    }
}
