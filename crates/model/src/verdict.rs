use crate::Status;

/// The result of admitting a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Pending, approved or spam.
    pub status: Status,
    /// The check that objected. `None` if no check did.
    pub layer: Option<&'static str>,
}

/// Hashes that identify where a submission came from. They cannot be reversed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SenderHashes {
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
