//! Sends one submission, and records what came of it.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::scenario::Scenario;

/// The result of a submission.
pub(crate) enum Submitted {
    /// A 202 response, with the id.
    Acknowledged(String),
    /// A 503 response: the comment was not stored.
    Refused,
    /// No response, or one that is neither a valid 202 nor a 503. The comment may or may not have been stored.
    Failed,
}

pub(crate) fn agent() -> ureq::Agent {
    // Longer than the service's own timeouts.
    ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(45))).build().into()
}

/// Sends one submission. The ledger records `token`, the unique text in the comment, before sending, and the id if the service acknowledges
/// the submission. `is_canary`: the comment belongs to a check of recovery, so the load's moderators leave it alone.
pub(crate) fn send(
    scenario: &Scenario<'_>,
    agent: &ureq::Agent,
    url: &str,
    article: &str,
    token: &str,
    draft: &Value,
    is_canary: bool,
) -> Submitted {
    scenario.ledger.record_sent(token);
    scenario.log.add("submissions sent", 1);
    let begun = Instant::now();
    let answer = agent.post(format!("{url}/comments")).content_type("application/json").send(draft.to_string());
    let answer = answer.and_then(|mut answer| {
        let retry_after = answer.headers().contains_key("retry-after");
        answer.body_mut().read_to_string().map(|body| (answer.status().as_u16(), retry_after, body))
    });
    scenario.log.record_longest("a response to a submission", begun.elapsed());
    match answer {
        Ok((202, _, body)) => {
            let receipt: Value = serde_json::from_str(&body).unwrap_or_default();
            let Some(id) = receipt["id"].as_str() else {
                scenario.log.finding(format!("202 without an id: {body}"));
                return Submitted::Failed;
            };
            scenario.log.add("submissions acknowledged", 1);
            if !scenario.ledger.record_acknowledged(id, token, article, is_canary) {
                scenario.log.finding(format!("two submissions got the id {id}"));
            }
            Submitted::Acknowledged(id.to_owned())
        }
        Ok((503, retry_after, _)) => {
            scenario.log.add("submissions refused with 503", 1);
            if !retry_after {
                scenario.log.finding("503 without Retry-After");
            }
            Submitted::Refused
        }
        Ok((status, _, body)) => {
            scenario.log.finding(format!("a valid submission was answered with {status}: {body}"));
            Submitted::Failed
        }
        Err(error) => {
            scenario.log.add("submissions without a response", 1);
            if scenario.health.was_healthy_since(begun) {
                scenario.log.finding(format!("a submission got no response while no fault was active: {error}"));
            }
            Submitted::Failed
        }
    }
}
