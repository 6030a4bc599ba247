use ardoise_store::StoreError;

/// What an act answers.
pub(crate) type Outcome = Result<Reply, Refused>;

pub(crate) enum Reply {
    /// A page.
    Page(String),
    /// A page that says that something was not done.
    Refused(String),
    /// Another page, below `/moderation`.
    See(String),
    /// The same, and a cookie; none: it is taken back.
    SeeWith(String, Option<String>),
}

/// Why nothing was done.
#[derive(Debug)]
pub(crate) enum Refused {
    /// He has no session.
    SignedOut,
    /// The form is none of ours.
    Foreign,
    /// The form cannot be read.
    Broken,
    /// There is no such thing.
    Unknown,
    /// The link was used, or is too old.
    Link,
    /// The text of a comment is gone.
    Erased(String),
    /// The database.
    Unavailable,
    /// A fault of ours. Its cause stays in the log.
    Fault,
}

impl Reply {
    pub(crate) fn see(page: impl Into<String>) -> Self {
        Self::See(page.into())
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSuchComment(_) => Self::Unknown,
            StoreError::Erased(id) => Self::Erased(id.to_string()),
            StoreError::Unavailable(cause) => {
                tracing::error!("a moderator was asked to try again: {cause}");
                Self::Unavailable
            }
            other => {
                tracing::error!(cause = ?other, "a moderator's request failed: {other}");
                Self::Fault
            }
        }
    }
}

impl From<askama::Error> for Refused {
    fn from(error: askama::Error) -> Self {
        tracing::error!("a page of the queue could not be made: {error}");
        Self::Fault
    }
}
