use ardoise_model::Refusal;
use ardoise_store::StoreError;

/// Why a submission was not taken in.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Its fields break rules; the reader can mend it.
    Refused(Vec<Refusal>),
    /// The body is neither a form nor JSON as it claims to be.
    Unreadable(String),
    /// The body is larger than any comment.
    TooLarge,
    /// The body is of a kind that is not understood here.
    UnknownType,
    /// There is no such comment, or it is somebody else's: which of the two is nobody's business.
    NotYours,
    /// Its author had his time to change it.
    TooLate,
    /// Its author has changed it so many times, which is as often as he may.
    TooOften(i64),
    /// Too many came from its network; another may come in so many seconds.
    TooMany(u64),
    /// It could not be stored just now. Nothing was kept.
    Unavailable,
    /// A fault of ours. Its cause stays in the log.
    Broken,
}

impl From<serde_json::Error> for Trouble {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(format!("the JSON cannot be read: {error}"))
    }
}

/// A lost database is for the reader to wait for; everything else is for us to read.
impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        if let StoreError::Unavailable(cause) = &error {
            tracing::error!("a comment could not be stored, its author was asked to try again: {cause}");
            return Self::Unavailable;
        }
        tracing::error!(cause = ?error, "a comment could not be stored: {error}");
        Self::Broken
    }
}
