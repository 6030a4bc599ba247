use ardoise_store::StoreError;

use crate::store_failure::StoreFailure;

/// The result of a handler.
pub(crate) type PageResult = Result<PageResponse, PageError>;

/// A response from the handler itself, in contrast to an error page.
pub(crate) enum PageResponse {
    /// A page's HTML: 200.
    Page(String),
    /// The HTML of a page that explains why the request was not carried out, or not completely: 409.
    Conflict(String),
    /// A redirect to a path below `/moderation`: 303.
    Redirect(String),
    /// A redirect that sets the session cookie, or deletes it if the value is `None`.
    RedirectWithCookie(String, Option<String>),
}

/// The reason why nothing was done.
#[derive(Debug)]
pub(crate) enum PageError {
    /// The request has no valid session.
    SignedOut,
    /// The form is not from one of this session's pages.
    ForeignForm,
    /// The form cannot be read.
    UnreadableForm,
    /// The page or the comment does not exist.
    NotFound,
    /// The sign-in link was used or has expired.
    InvalidLink,
    /// The text of the comment with this id was erased.
    Erased(String),
    /// The database is unavailable.
    Unavailable,
    /// An error in the program. The cause is logged, and not shown to the moderator.
    Fault,
}

impl PageResponse {
    pub(crate) fn redirect(page: impl Into<String>) -> Self {
        Self::Redirect(page.into())
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSuchComment(_) => Self::NotFound,
            StoreError::Erased(id) => Self::Erased(id.to_string()),
            other => match StoreFailure::log(&other, "a moderator's request failed", "the moderator") {
                StoreFailure::Unavailable => Self::Unavailable,
                StoreFailure::Fault => Self::Fault,
            },
        }
    }
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        tracing::error!("a moderators' page could not be rendered: {error}");
        Self::Fault
    }
}
