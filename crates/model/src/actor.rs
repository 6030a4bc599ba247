use std::fmt;
use std::str::FromStr;

/// The person or program that did something to a comment, and the way it was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// A moderator's name. Empty if the way identifies the actor: the command line, or the comment's author.
    pub moderator: String,
    /// The way it was done.
    pub via: Via,
}

/// The ways in which something is done to a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// The command line.
    Command,
    /// The moderators' queue on the web.
    Web,
    /// A link in a mail.
    Mail,
    /// The comment's author, with the edit token.
    Author,
}

impl Actor {
    /// A user of the command line.
    pub const COMMAND: Self = Self { moderator: String::new(), via: Via::Command };
    /// Returns the actor for comments that the generator cannot publish.
    pub fn generator() -> Self {
        Self { moderator: "the generator".to_owned(), via: Via::Command }
    }

    /// The comment's author.
    pub const AUTHOR: Self = Self { moderator: String::new(), via: Via::Author };
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.moderator.as_str(), self.via) {
            ("", Via::Command) => f.pad("command line"),
            ("", via) => f.pad(via.as_str()),
            (name, via) => f.pad(&format!("{name} ({})", via.as_str())),
        }
    }
}

impl Via {
    /// All ways.
    pub const ALL: [Self; 4] = [Self::Command, Self::Web, Self::Mail, Self::Author];

    /// Returns the name used in logs and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Web => "web",
            Self::Mail => "mail",
            Self::Author => "author",
        }
    }
}

impl FromStr for Via {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|via| via.as_str() == word).ok_or_else(|| format!("{word:?} as the way of a decision"))
    }
}
