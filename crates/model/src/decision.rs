use crate::Status;

/// What a moderator decides about a comment. Any decision can be taken back by another.
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
}

impl Decision {
    /// The status that a comment has afterwards.
    pub const fn status(self) -> Status {
        match self {
            Self::Approve => Status::Approved,
            Self::Reject => Status::Rejected,
            Self::Spam => Status::Spam,
            Self::Delete => Status::Deleted,
        }
    }

    /// Whether the published tree changes when a comment that was `before` is decided upon.
    pub fn changes_published(self, before: Status) -> bool {
        let after = self.status();
        before != after && (before == Status::Approved || after == Status::Approved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_readers_see_makes_work() {
        assert!(Decision::Approve.changes_published(Status::Pending));
        assert!(Decision::Spam.changes_published(Status::Approved));
        assert!(!Decision::Approve.changes_published(Status::Approved));
        assert!(!Decision::Delete.changes_published(Status::Pending));
    }
}
