use ardoise_store::{ON_CHANGE_QUEUE, QueueFilter};

use super::context::CheckContext;
use super::finding::Finding;

/// Reports the mails and requests to webhooks that wait. They wait because their delivery fails, or because `serve` does not run.
pub(super) fn check(context: &CheckContext) -> Finding {
    let Some(store) = context.store() else { return Finding::Fine("none wait".to_owned()) };
    let waiting = store
        .as_ref()
        .map_err(ToString::to_string)
        .and_then(|store| store.backlog(QueueFilter::AllBut(ON_CHANGE_QUEUE)).map_err(|error| error.to_string()));
    let result = waiting.and_then(|waiting| match (waiting.jobs, waiting.error) {
        (0, _) => Ok("none wait".to_owned()),
        (messages, None) => Ok(format!("{messages} wait to be sent by `ardoise serve`")),
        (messages, Some(error)) => Err(format!("{messages} wait, and are tried again until they are taken; the last failure: {error}")),
    });
    result.into()
}
