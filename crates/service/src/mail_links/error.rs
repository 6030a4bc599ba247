use actix_web::http::StatusCode;
use ardoise_notify::BadLink;
use ardoise_store::StoreError;

use super::words::LinkPageWords;
use crate::store_failure::StoreFailure;

/// The reason why a link could not be followed.
pub(crate) enum LinkError {
    BadLink(BadLink),
    Store(StoreFailure),
    /// The comment or the subscription does not exist any more.
    Gone,
}

impl LinkError {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::BadLink(BadLink::Unknown) => StatusCode::NOT_FOUND,
            Self::BadLink(BadLink::Expired) | Self::Gone => StatusCode::GONE,
            Self::Store(StoreFailure::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Store(StoreFailure::Fault) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(crate) fn message(&self, words: &LinkPageWords) -> &'static str {
        match self {
            Self::BadLink(BadLink::Unknown) => words.unknown,
            Self::BadLink(BadLink::Expired) => words.expired,
            Self::Gone => words.gone,
            Self::Store(StoreFailure::Unavailable) => words.unavailable,
            Self::Store(StoreFailure::Fault) => words.fault,
        }
    }
}

impl From<BadLink> for LinkError {
    fn from(error: BadLink) -> Self {
        Self::BadLink(error)
    }
}

impl From<StoreError> for LinkError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSuchComment(_) | StoreError::Erased(_) => Self::Gone,
            other => Self::Store(StoreFailure::log(&other, "a link in a mail could not be followed", "its reader")),
        }
    }
}
