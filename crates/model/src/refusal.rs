use std::fmt;

use crate::{PathError, counted};

/// A rule that a submission breaks, and the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The field that has to be changed.
    pub field: Field,
    /// The broken rule.
    pub rule: Rule,
}

/// The fields of a submission, with their names in forms and JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// `article`
    Article,
    /// `author`
    Author,
    /// `text`
    Text,
    /// `email`
    Email,
    /// `site`
    Site,
    /// `reply_to`
    ReplyTo,
}

/// The rules that a submission can break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// The field is empty or has nothing visible.
    Required,
    /// The field has more than this many characters, as a reader counts them.
    TooLong(usize),
    /// The field has control characters, or characters that reverse the direction of text.
    Characters,
    /// The field is not UTF-8.
    NotUtf8,
    /// The field is not an e-mail address.
    NotAnEmail,
    /// The field is not an `http` or `https` URL.
    NotALink,
    /// The field does not name an article, for the given reason.
    NotAnArticle(PathError),
    /// The site has no such article now.
    UnknownArticle,
    /// The article does not take comments any more.
    ClosedArticle,
    /// The article is older than this many days and does not take comments any more.
    OldArticle(u32),
    /// The article has no such comment to answer.
    UnknownComment,
    /// The field contains a phrase that the owner refuses.
    Unwelcome(String),
}

impl Field {
    /// Returns the field's name in forms and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Author => "author",
            Self::Text => "text",
            Self::Email => "email",
            Self::Site => "site",
            Self::ReplyTo => "reply_to",
        }
    }
}

impl Rule {
    /// Returns the rule's name, for programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::TooLong(_) => "too_long",
            Self::Characters => "characters",
            Self::NotAnEmail => "not_an_email",
            Self::NotUtf8 => "not_utf8",
            Self::NotALink => "not_a_link",
            Self::NotAnArticle(_) => "not_an_article",
            Self::UnknownArticle => "unknown_article",
            // To programs it is the same rule.
            Self::ClosedArticle | Self::OldArticle(_) => "closed_article",
            Self::UnknownComment => "unknown_comment",
            Self::Unwelcome(_) => "unwelcome",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Required => f.write_str("must be filled in"),
            Self::TooLong(most) => write!(f, "may have at most {}", counted(*most as u64, "character", "characters")),
            Self::Characters => f.write_str("has control characters, or characters that reverse the direction of the text; take them out"),
            Self::NotUtf8 => f.write_str("is not UTF-8; send it as UTF-8, from a form with accept-charset=\"utf-8\""),
            Self::NotAnEmail => f.write_str("is not an e-mail address; correct it or leave it empty"),
            Self::NotALink => f.write_str("is not the address of a web site, such as https://example.org; correct it or leave it empty"),
            Self::NotAnArticle(reason) => reason.fmt(f),
            Self::UnknownArticle => f.write_str("this site has no such page, or it takes no comments; was it moved?"),
            Self::ClosedArticle => f.write_str("this page takes no new comments"),
            Self::OldArticle(1) => f.write_str("this page is more than a day old, and takes no new comments any more"),
            Self::OldArticle(days) => write!(f, "this page is more than {days} days old, and takes no new comments any more"),
            Self::UnknownComment => f.write_str("the comment you answer is not on this page any more; send yours without it"),
            Self::Unwelcome(words) => write!(f, "has “{words}” in it, which is not taken here; say it otherwise"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field.as_str(), self.rule)
    }
}
