use ardoise_store::StoreError;

/// A failure of the store, as a response reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoreFailure {
    /// The database is unreachable or locked. The client may try again: 503.
    Unavailable,
    /// An error in the program. The cause is logged, and not sent to the client: 500.
    Fault,
}

impl StoreFailure {
    /// Logs an error of the store. `what` says what failed, and `client` is the person that the response asks to try again.
    pub(crate) fn log(error: &StoreError, what: &str, client: &str) -> Self {
        if let StoreError::Unavailable(cause) = error {
            tracing::error!("{what}, {client} was asked to try again: {cause}");
            return Self::Unavailable;
        }
        tracing::error!(cause = ?error, "{what}: {error}");
        Self::Fault
    }
}
