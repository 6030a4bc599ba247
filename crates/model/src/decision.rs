use std::fmt;
use std::str::FromStr;

use crate::Status;

/// A moderator's decision about a comment. Any decision can be reversed by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Publish it.
    Approve,
    /// Do not publish it.
    Reject,
    /// Do not publish it: it is spam.
    Spam,
    /// Withdraw it.
    Delete,
    /// Put it back into the queue, as if no decision had been taken yet.
    Hold,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Self; 5] = [Self::Approve, Self::Reject, Self::Spam, Self::Delete, Self::Hold];

    /// Returns the word that forms and command lines use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Spam => "spam",
            Self::Delete => "delete",
            Self::Hold => "hold",
        }
    }

    /// Returns the decision that leads to a status. Undo uses it.
    pub const fn towards(status: Status) -> Self {
        match status {
            Status::Approved => Self::Approve,
            Status::Rejected => Self::Reject,
            Status::Spam => Self::Spam,
            Status::Deleted => Self::Delete,
            Status::Pending => Self::Hold,
        }
    }

    /// Returns the status of a comment after the decision.
    pub const fn status(self) -> Status {
        match self {
            Self::Approve => Status::Approved,
            Self::Reject => Status::Rejected,
            Self::Spam => Status::Spam,
            Self::Delete => Status::Deleted,
            Self::Hold => Status::Pending,
        }
    }

    /// Whether the decision changes the published tree, for a comment whose status was `before`.
    pub fn changes_published(self, before: Status) -> bool {
        let after = self.status();
        before != after && (before == Status::Approved || after == Status::Approved)
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Decision {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|decision| decision.as_str() == word)
            .ok_or_else(|| format!("{word:?} is no decision; one of: {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_visible_changes_make_work() {
        assert!(Decision::Approve.changes_published(Status::Pending));
        assert!(Decision::Spam.changes_published(Status::Approved));
        assert!(!Decision::Approve.changes_published(Status::Approved));
        assert!(!Decision::Delete.changes_published(Status::Pending));
        assert!(Decision::Hold.changes_published(Status::Approved));
        assert!(Status::ALL.into_iter().all(|status| Decision::towards(status).status() == status));
    }

    #[test]
    fn a_decision_is_parsed_as_it_is_written() {
        assert!(Decision::ALL.into_iter().all(|decision| decision.as_str().parse() == Ok(decision)));
        assert!("approved".parse::<Decision>().is_err());
    }
}
