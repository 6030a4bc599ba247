use actix_web::http::StatusCode;
use ardoise_model::Refusal;
use ardoise_store::StoreError;

use crate::store_failure::StoreFailure;

/// The reason why a submission was not accepted.
#[derive(Debug)]
pub(crate) enum SubmissionError {
    /// Fields break rules. The reader can correct them.
    Refused(Vec<Refusal>),
    /// The body cannot be parsed in the format that its header names.
    Unreadable(String),
    /// The body is larger than any comment.
    TooLarge,
    /// The body's format is not supported.
    UnsupportedType,
    /// The comment does not exist, or the request's edit token does not belong to it. The response does not reveal which of the two.
    NotYours,
    /// The time in which the author may change the comment is over.
    TooLate,
    /// The author has changed the comment this many times, which is the limit.
    TooOften(i64),
    /// Too many requests came from the sender's network (an IPv4 address or an IPv6 /64). The next is allowed after this many seconds.
    TooManyRequests(u64),
    /// The store is unavailable. Nothing was stored.
    Unavailable,
    /// An error in the program. The cause is logged, and not sent to the reader.
    Fault,
}

impl SubmissionError {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NotYours => StatusCode::NOT_FOUND,
            Self::TooLate | Self::TooOften(_) => StatusCode::FORBIDDEN,
            Self::TooManyRequests(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<serde_json::Error> for SubmissionError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(format!("the JSON cannot be read: {error}"))
    }
}

impl From<StoreError> for SubmissionError {
    fn from(error: StoreError) -> Self {
        match StoreFailure::log(&error, "a comment could not be stored", "its author") {
            StoreFailure::Unavailable => Self::Unavailable,
            StoreFailure::Fault => Self::Fault,
        }
    }
}
