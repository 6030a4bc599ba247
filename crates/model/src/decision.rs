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
    /// Back into the queue, as if nobody had decided yet.
    Hold,
}

impl Decision {
    /// The decision that leads to a status; for taking one back.
    pub const fn towards(status: Status) -> Self {
        match status {
            Status::Approved => Self::Approve,
            Status::Rejected => Self::Reject,
            Status::Spam => Self::Spam,
            Status::Deleted => Self::Delete,
            Status::Pending => Self::Hold,
        }
    }

    /// The status that a comment has afterwards.
    pub const fn status(self) -> Status {
        match self {
            Self::Approve => Status::Approved,
            Self::Reject => Status::Rejected,
            Self::Spam => Status::Spam,
            Self::Delete => Status::Deleted,
            Self::Hold => Status::Pending,
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
        assert!(Decision::Hold.changes_published(Status::Approved));
        assert!(Status::ALL.into_iter().all(|status| Decision::towards(status).status() == status));
    }
}
