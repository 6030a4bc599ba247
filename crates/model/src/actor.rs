use std::fmt;
use std::str::FromStr;

/// Who did something to a comment, and by which way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// A moderator's name; empty where the way says it all: the command line, the comment's author.
    pub moderator: String,
    /// By which way.
    pub via: Via,
}

/// The ways in which something is done to a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// The command line.
    Command,
    /// The queue on the web.
    Web,
    /// A link in a mail.
    Mail,
    /// Its author himself, by the edit token.
    Author,
}

impl Actor {
    /// Whoever may run the program.
    pub const COMMAND: Self = Self { moderator: String::new(), via: Via::Command };
    /// The generator, about a comment that it cannot publish.
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
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Command, Self::Web, Self::Mail, Self::Author];

    /// Its word, in logs and SQL.
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
