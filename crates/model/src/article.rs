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
}

impl Article {
    /// Whether a comment that comes `now` is accepted.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.open && self.closes_at.is_none_or(|closes_at| now < closes_at)
    }
}
