use crate::Status;

/// What becomes of a submission that was admitted, and which check decided so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Pending, approved or spam.
    pub status: Status,
    /// The check that was suspicious of it; none: it waits, or is let through, like any other.
    pub layer: Option<&'static str>,
}

/// Where a submission came from, as far as is kept of it. Nothing in it can be read back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sender {
    /// A keyed hash of the network.
    pub network: Option<String>,
    /// A hash of the secret that the author's browser keeps.
    pub author_key: Option<String>,
}

impl From<Status> for Verdict {
    fn from(status: Status) -> Self {
        Self { status, layer: None }
    }
}
