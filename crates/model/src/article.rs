use crate::{ArticlePath, Timestamp};

/// A page of the site that takes comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// The article's identity.
    pub path: ArticlePath,
    /// The title as plain text. Empty if the page has none.
    pub title: String,
    /// Whether new comments are accepted.
    pub open: bool,
    /// The time from which new comments are not accepted, whatever `open` says.
    pub closes_at: Option<Timestamp>,
    /// The time of publication, if the page states it.
    pub dated_at: Option<Timestamp>,
}

impl Article {
    /// Returns the title; if the page has none, the path.
    pub fn display_title(&self) -> &str {
        if self.title.is_empty() { self.path.as_str() } else { &self.title }
    }

    /// Returns whether a comment submitted at `now` is accepted.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.open && self.closes_at.is_none_or(|closes_at| now < closes_at)
    }

    /// Returns whether the article was published at least `days` days ago. Returns false if `days` is 0 or the date is unknown.
    pub fn has_age(&self, days: u32, now: Timestamp) -> bool {
        days > 0 && self.dated_at.is_some_and(|dated_at| now.0 >= dated_at.0.saturating_add(i64::from(days) * Timestamp::DAY))
    }
}
