//! What every way in has in common: check and store.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use actix_web::HttpRequest;
use ardoise_model::{Draft, Facts, Policy, Refusal, Screened, Sender, Status, Submission, Timestamp, Verdict, admit, admit_screened};
use ardoise_store::{Receipt, StoreError, SubmitOutcome};
use tokio::sync::oneshot;

use crate::client::{Client, Network};
use crate::limits::Kind;
use crate::service::Service;
use crate::trouble::Trouble;
use crate::{crowd, rate};

/// Takes a submission in. When this returns a receipt, the comment is on disk.
pub(crate) async fn take(service: &Service, request: &HttpRequest, draft: &Draft) -> Result<Receipt, Trouble> {
    let client = service.limits.client(request);
    let taken = check_and_store(service, client, draft).await;
    match &taken {
        Ok(Receipt { id, status, layer, .. }) => {
            tracing::info!(%id, %status, layer, "comment taken in");
            if *status == Status::Spam {
                name(service, client, layer.unwrap_or_default());
            }
        }
        Err(Trouble::Refused(refusals)) => {
            // Cut short, and logged as a string literal: what a stranger sent must not look like a line of ours.
            let article: String = draft.article.chars().take(200).collect();
            tracing::info!(article, "comment refused: {}", names(refusals));
        }
        Err(Trouble::TooMany(_)) => {
            tracing::info!(layer = rate::NAME, "comment refused: too many from one network");
            name(service, client, rate::NAME);
        }
        // The others are logged where their cause is known.
        Err(_) => {}
    }
    taken
}

/// For a program that shuts robots out, if the owner wants one to. Not a warning: whoever sends decides how many such lines there are.
pub(crate) fn name(service: &Service, client: Client, layer: &str) {
    if let Some(address) = client.address().filter(|_| service.log_refused_addresses) {
        tracing::info!(%address, layer, "a robot, by all appearances");
    }
}

async fn check_and_store(service: &Service, client: Client, draft: &Draft) -> Result<Receipt, Trouble> {
    let submission = Submission::check(draft, &service.origin).map_err(Trouble::Refused)?;
    let now = (service.clock)();
    service.limits.count(Kind::Comment, client, now).map_err(Trouble::TooMany)?;
    let Some(place) = service.crowd.enter() else {
        tracing::info!("{} submissions are being dealt with; the author of another was asked to try again", crowd::MOST);
        return Err(Trouble::Unavailable);
    };
    let (sender, told) = oneshot::channel();
    let from = sender_of(service, client.network(), &submission);
    let rules = rules(service, &submission, now)?;
    let questions = service.keeper.policy().questions(now);
    // It goes on to the end even when the reader closes his browser. The place goes with it, not with him.
    service.store.submit_screened((submission, from), questions, rules, now, move |taken| {
        let _ = sender.send(taken);
        drop(place);
    });
    match told.await.map_err(|_| Trouble::Unavailable)?? {
        SubmitOutcome::In(receipt) => Ok(receipt),
        SubmitOutcome::Refused(refusals) => Err(Trouble::Refused(refusals)),
    }
}

fn sender_of(service: &Service, network: Option<Network>, submission: &Submission) -> Sender {
    let key = service.keeper.kept().network_key;
    let network = network.zip(key).map(|(network, key)| network.hash(&key));
    Sender { network, author_key: submission.author_key().map(str::to_owned) }
}

/// What a submission is asked. Its content is looked at here; what the store is asked for, in the transaction.
fn rules(
    service: &Service,
    submission: &Submission,
    now: Timestamp,
) -> Result<impl FnMut(&Submission, &Facts) -> Result<Verdict, Vec<Refusal>> + Send + use<>, Trouble> {
    let (policy, known) = (Arc::clone(service.keeper.policy()), service.keeper.kept().known.clone());
    // A panic fails this submission alone, and is answered, as in the transaction.
    let screened = catch_unwind(AssertUnwindSafe(|| Screened::new(submission, &policy, &known))).map_err(|_| StoreError::Panicked)?;
    Ok(move |submission: &Submission, facts: &Facts| admit_screened((submission, &screened), facts, &policy, &known, now))
}

/// What every change of a comment is asked. Its content is known in the transaction alone: it is the comment, changed.
pub(crate) fn rules_for_changes(
    service: &Service,
    policy: Policy,
    now: Timestamp,
) -> impl FnMut(&Submission, &Facts) -> Result<Verdict, Vec<Refusal>> + Send + use<> {
    let known = service.keeper.kept().known.clone();
    move |submission, facts| admit(submission, facts, &policy, &known, now)
}

fn names(refusals: &[Refusal]) -> String {
    refusals.iter().map(|refusal| format!("{} {}", refusal.field.as_str(), refusal.rule.name())).collect::<Vec<_>>().join(", ")
}
