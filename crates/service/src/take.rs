//! What every way in has in common: check and store.

use actix_web::web;
use ardoise_model::{Draft, Submission, admit};
use ardoise_store::Receipt;

use crate::service::Service;
use crate::trouble::Trouble;

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
