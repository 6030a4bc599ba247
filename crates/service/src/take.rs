//! What every way in has in common: check, store, and a name for what went wrong.

use actix_web::web;
use ardoise_model::{Draft, Refusal, Submission, admit};
use ardoise_store::{Receipt, StoreError};

use crate::server::Service;

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
    /// It could not be stored just now. Nothing was kept.
    Unavailable,
    /// A fault of ours. Its cause stays in the log.
    Broken,
}

/// Takes a submission in. When this returns a receipt, the comment is on disk.
pub(crate) async fn take(service: &web::Data<Service>, draft: &Draft) -> Result<Receipt, Trouble> {
    let submission = Submission::check(draft, &service.origin).map_err(Trouble::Refused)?;
    let own = service.clone();
    // The store blocks, and it goes on to the end even when the reader closes his browser.
    let receipt = web::block(move || store(&own, &submission)).await.map_err(|_| Trouble::Unavailable)??;
    tracing::info!(id = %receipt.id, status = %receipt.status, "comment taken in");
    Ok(receipt)
}

fn store(service: &Service, submission: &Submission) -> Result<Receipt, Trouble> {
    let facts = service.store.facts(submission.article(), submission.reply_to())?;
    let status = admit(submission, &facts, service.policy).map_err(Trouble::Refused)?;
    Ok(service.store.submit(submission, status, (service.clock)())?)
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
