use crate::{Article, Status};

/// What the store knows in relation to a submission.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The article, if it is in the catalogue.
    pub article: Option<Article>,
    /// Whether the parent comment belongs to the article.
    pub parent_known: bool,
    /// The number of approved comments of the author's browser.
    pub approved: u64,
    /// The status of an earlier comment with the same words, if any. Spam if one of several is.
    pub same_before: Option<Status>,
    /// Whether the sender is banned.
    pub is_banned: bool,
    /// Whether the proof of work was used before.
    pub proof_is_spent: bool,
}
