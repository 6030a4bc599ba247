//! Checks and stores submissions, whatever their format.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use actix_web::HttpRequest;
use ardoise_model::{Draft, Facts, Policy, Refusal, Screened, SenderHashes, Status, Submission, Timestamp, Verdict, admit, admit_screened};
use ardoise_store::{Receipt, StoreError, SubmitOutcome};
use tokio::sync::oneshot;

use super::error::SubmissionError;
use crate::limits::client::Client;
use crate::limits::network::Network;
use crate::limits::rate_limiter::LAYER;
use crate::limits::request_limits::RequestKind;
use crate::state::{AppState, MAX_SUBMISSIONS};

/// Checks and stores a submission, and logs the result. When this returns a receipt, the comment is on disk.
pub(crate) async fn submit(state: &AppState, request: &HttpRequest, draft: &Draft) -> Result<Receipt, SubmissionError> {
    let client = state.request_limits.client(request);
    let result = check_and_store(state, client, draft).await;
    match &result {
        Ok(Receipt { id, status, layer, .. }) => {
            tracing::info!(%id, %status, layer, "comment taken in");
            if *status == Status::Spam {
                state.log_refused_address(client, layer.unwrap_or_default());
            }
        }
        Err(SubmissionError::Refused(refusals)) => {
            // Truncated, and logged as a string literal: a client's text must not look like a log line.
            let article: String = draft.article.chars().take(200).collect();
            tracing::info!(article, "comment refused: {}", rule_names(refusals));
        }
        Err(SubmissionError::TooManyRequests(_)) => {
            tracing::info!(layer = LAYER, "comment refused: too many from one network");
            state.log_refused_address(client, LAYER);
        }
        // The others are logged where their cause is known.
        Err(_) => {}
    }
    result
}

async fn check_and_store(state: &AppState, client: Client, draft: &Draft) -> Result<Receipt, SubmissionError> {
    let submission = Submission::check(draft, &state.origin).map_err(SubmissionError::Refused)?;
    let now = (state.clock)();
    state.request_limits.check(RequestKind::Comment, client, now).map_err(SubmissionError::TooManyRequests)?;
    let Some(permit) = state.submission_permit() else {
        tracing::info!("{MAX_SUBMISSIONS} submissions are in progress; the author of another was asked to try again");
        return Err(SubmissionError::Unavailable);
    };
    let (result_sender, result) = oneshot::channel();
    let sender = sender(state, client.network(), &submission);
    let rules = rules(state, &submission, now)?;
    let questions = state.screening.policy().questions(now);
    // The write continues even if the client disconnects. The permit moves with it.
    state.store.submit_screened(submission, sender, questions, rules, now, move |outcome| {
        let _ = result_sender.send(outcome);
        drop(permit);
    });
    match result.await.map_err(|_| SubmissionError::Unavailable)?? {
        SubmitOutcome::Stored(receipt) => Ok(receipt),
        SubmitOutcome::Refused(refusals) => Err(SubmissionError::Refused(refusals)),
    }
}

fn sender(state: &AppState, network: Option<Network>, submission: &Submission) -> SenderHashes {
    let key = state.screening.current().network_key;
    let network = network.zip(key).map(|(network, key)| network.hash(&key));
    SenderHashes { network, author_key: submission.author_key().map(str::to_owned) }
}

/// Returns the rules for a submission. Its content is screened here, before the transaction; the returned function runs in it, with the
/// facts from the store.
fn rules(
    state: &AppState,
    submission: &Submission,
    now: Timestamp,
) -> Result<impl FnMut(&Submission, &Facts) -> Result<Verdict, Vec<Refusal>> + Send + use<>, SubmissionError> {
    let (policy, known) = (Arc::clone(state.screening.policy()), state.screening.current().state.clone());
    // A panic fails this submission alone and is answered, as in the transaction.
    let screened = catch_unwind(AssertUnwindSafe(|| Screened::new(submission, &policy, &known))).map_err(|_| StoreError::Panicked)?;
    Ok(move |submission: &Submission, facts: &Facts| admit_screened(submission, &screened, facts, &policy, &known, now))
}

/// Returns the rules for an author's change. The changed content is known only in the transaction, so it is screened there.
pub(crate) fn rules_for_changes(
    state: &AppState,
    policy: Policy,
    now: Timestamp,
) -> impl FnMut(&Submission, &Facts) -> Result<Verdict, Vec<Refusal>> + Send + use<> {
    let known = state.screening.current().state.clone();
    move |submission, facts| admit(submission, facts, &policy, &known, now)
}

fn rule_names(refusals: &[Refusal]) -> String {
    refusals.iter().map(|refusal| format!("{} {}", refusal.field.as_str(), refusal.rule.name())).collect::<Vec<_>>().join(", ")
}
