//! What every way in has in common: check and store.

use ardoise_model::{Draft, Facts, Refusal, Sender, Submission, Timestamp, Verdict, admit};
use ardoise_store::{Receipt, Taken};
use tokio::sync::oneshot;

use crate::crowd;
use crate::service::Service;
use crate::trouble::Trouble;

/// Takes a submission in. When this returns a receipt, the comment is on disk.
pub(crate) async fn take(service: &Service, draft: &Draft) -> Result<Receipt, Trouble> {
    let taken = check_and_store(service, draft).await;
    match &taken {
        Ok(receipt) => tracing::info!(id = %receipt.id, status = %receipt.status, "comment taken in"),
        Err(Trouble::Refused(refusals)) => {
            // Cut short, and logged as a string literal: what a stranger sent must not look like a line of ours.
            let article: String = draft.article.chars().take(200).collect();
            tracing::info!(article, "comment refused: {}", names(refusals));
        }
        // The others are logged where their cause is known.
        Err(_) => {}
    }
    taken
}

async fn check_and_store(service: &Service, draft: &Draft) -> Result<Receipt, Trouble> {
    let submission = Submission::check(draft, &service.origin).map_err(Trouble::Refused)?;
    let Some(place) = service.crowd.enter() else {
        tracing::warn!("{} submissions are being dealt with; the author of another was asked to try again", crowd::MOST);
        return Err(Trouble::Unavailable);
    };
    let (sender, told) = oneshot::channel();
    let now = (service.clock)();
    let rules = rules(service, now);
    // It goes on to the end even when the reader closes his browser. The place goes with it, not with him.
    service.store.take_in(submission, Sender::default(), rules, now, move |taken| {
        let _ = sender.send(taken);
        drop(place);
    });
    match told.await.map_err(|_| Trouble::Unavailable)?? {
        Taken::In(receipt) => Ok(receipt),
        Taken::Refused(refusals) => Err(Trouble::Refused(refusals)),
    }
}

/// What every submission is asked, and every change of a comment.
pub(crate) fn rules(service: &Service, now: Timestamp) -> impl FnMut(&Submission, &Facts) -> Result<Verdict, Vec<Refusal>> + Send + use<> {
    let policy = service.policy;
    move |submission, facts| admit(submission, facts, policy, now)
}

fn names(refusals: &[Refusal]) -> String {
    refusals.iter().map(|refusal| format!("{} {}", refusal.field.as_str(), refusal.rule.name())).collect::<Vec<_>>().join(", ")
}
