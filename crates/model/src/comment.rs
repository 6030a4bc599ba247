use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::{ArticlePath, Timestamp};

/// A submission that was checked and stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The public identity.
    pub id: CommentId,
    /// The article that it belongs to.
    pub article: ArticlePath,
    /// The comment that it answers.
    pub parent: Option<CommentId>,
    /// The current decision.
    pub status: Status,
    /// Whether the site's owner wrote it. Never taken from a submission.
    pub by_owner: bool,
    /// The author's name as typed.
    pub author: String,
    /// The author's site, an `http` or `https` URL.
    pub site: Option<String>,
    /// The text as typed, in Markdown. HTML is made when publishing.
    pub text: String,
    /// The time of submission.
    pub created_at: Timestamp,
    /// The name of the check that objected, for moderators.
    pub layer: Option<String>,
}

impl Comment {
    /// Returns a hash of the comment's content. A moderator's approval names the version that was read, so that a changed comment is not
    /// approved unread.
    pub fn version(&self) -> String {
        // The fields cannot contain this character.
        let says = [&self.author, self.site.as_deref().unwrap_or_default(), &self.text].join("\0");
        HEXLOWER.encode(&Sha256::digest(says)[..16])
    }
}

/// The decision about a comment. Readers see only approved ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// No decision yet.
    Pending,
    /// Published.
    Approved,
    /// Not published, and not spam either.
    Rejected,
    /// Not published: spam.
    Spam,
    /// Not published: withdrawn.
    Deleted,
}

impl Status {
    /// All statuses, in the order in which they are listed.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Approved, Self::Rejected, Self::Spam, Self::Deleted];

    /// Returns the name used in files, messages and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Spam => "spam",
            Self::Deleted => "deleted",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Status {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == word)
            .ok_or_else(|| format!("{word:?} is no status; one of: {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// A comment's identity: ten characters of Crockford's base 32 in lower case, drawn at random.
///
/// Random, so that an id does not reveal the number of comments. Short and without letters that look alike, so that it can be read from a
/// mail and typed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommentId(String);

/// The text is not a [`CommentId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the id of a comment: an id is {len} letters and digits, such as 7k2m9q4xrt", len = CommentId::LENGTH)]
pub struct InvalidId(pub String);

impl CommentId {
    /// The number of characters in an id.
    pub const LENGTH: usize = 10;
    /// The characters of which an id consists.
    pub const ALPHABET: &str = "0123456789abcdefghjkmnpqrstvwxyz";

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CommentId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let well_formed = text.len() == Self::LENGTH && text.chars().all(|c| Self::ALPHABET.contains(c));
        if well_formed { Ok(Self(text.to_owned())) } else { Err(InvalidId(text.to_owned())) }
    }
}

impl fmt::Display for CommentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
