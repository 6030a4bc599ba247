use crate::ArticlePath;

/// A page of the site that takes comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its identity.
    pub path: ArticlePath,
    /// Its title as plain text; empty where the page gives none.
    pub title: String,
    /// Whether new comments are accepted.
    pub open: bool,
}
