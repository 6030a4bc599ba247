use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::{ArticlePath, Timestamp};

/// A submission that was checked and stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its public identity.
    pub id: CommentId,
    /// The article it belongs to.
    pub article: ArticlePath,
    /// The comment it answers.
    pub parent: Option<CommentId>,
    /// What was decided about it.
    pub status: Status,
    /// The site's owner wrote it. Never taken from what was sent.
    pub by_owner: bool,
    /// The author's name as typed.
    pub author: String,
    /// The author's e-mail address; it never leaves the store but towards moderators.
    pub email: Option<String>,
    /// The author's site, an `http` or `https` URL.
    pub site: Option<String>,
    /// The text as typed, Markdown. HTML is made when publishing.
    pub text: String,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// The check that was suspicious of it, for moderators.
    pub layer: Option<String>,
}

impl Comment {
    /// Tells what a comment says from what it said before: whoever approves it says which of them he has read.
    pub fn version(&self) -> String {
        // None of the fields holds this character.
        let says = [&self.author, self.site.as_deref().unwrap_or_default(), &self.text].join("\0");
        HEXLOWER.encode(&Sha256::digest(says)[..16])
    }
}

/// What was decided about a comment. Readers see approved ones alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Nobody has decided yet.
    Pending,
    /// Published.
    Approved,
    /// Not published, and not spam either.
    Rejected,
    /// Not published: a robot's or an advertiser's.
    Spam,
    /// Not published: withdrawn.
    Deleted,
}

impl Status {
    /// Every status, in the order in which they are listed.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Approved, Self::Rejected, Self::Spam, Self::Deleted];

    /// Its word, in files, messages and SQL.
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
/// Random, so that an id tells nobody how many comments there are; short, and without letters that look alike,
/// so that it can be read from a mail and typed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommentId(String);

/// What was given is not a [`CommentId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the id of a comment: an id is {len} letters and digits, such as 7k2m9q4xrt", len = CommentId::LENGTH)]
pub struct InvalidId(pub String);

impl CommentId {
    /// Characters in an id.
    pub const LENGTH: usize = 10;
    /// The characters it is written in.
    pub const ALPHABET: &str = "0123456789abcdefghjkmnpqrstvwxyz";

    /// The id as text.
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
