use ardoise_notify::{RequestError, Response, request};
use serde_json::Value;

use super::context::{CheckContext, TIMEOUT};
use super::finding::Finding;

/// Checks whether browsers reach this service at its URL, by a request to it.
pub(super) fn check(context: &CheckContext) -> Finding {
    let config = &context.config;
    let url = config.service_url();
    let runs = context.service_runs();
    let from = if config.has_service_url() { "[service] url" } else { "[site] origin, for [service] url is empty" };
    // A URL in the settings must work now; the default works once the site is online.
    let is_required = runs || config.has_service_url();
    let wrong = |what: String| if is_required { Finding::Wrong(what) } else { Finding::Warning(what) };
    let Response { status, location, body } = match request("GET", &format!("{url}comments"), TIMEOUT) {
        Ok(answered) => answered,
        Err(RequestError(why)) if runs => {
            return Finding::Wrong(format!("browsers do not reach the service at {url}: {why}; correct {from}, or start the web server"));
        }
        Err(RequestError(why)) => {
            return wrong(format!("{url} does not answer: {why}; correct {from}, or start the web server and the service"));
        }
    };
    let published = published_at(&body);
    match (status, published) {
        (405, Some(tree)) if tree == config.tree_url() => Finding::Fine(format!("{url} leads to this service")),
        (405, Some(tree)) => Finding::Wrong(format!(
            "{url} leads to another Ardoise, or to one with other settings: it publishes at {tree}, and these settings say {}; correct {from}, or restart the service",
            config.tree_url()
        )),
        (502..=504, _) if runs => Finding::Wrong(format!(
            "{url}comments answers {status}: the web server passes it on to where no service is; it listens on {}",
            config.service.listen
        )),
        (502..=504, _) => {
            Finding::Warning(format!("{url}comments answers {status}: the web server is there, and the service does not run"))
        }
        (300..=399, _) => {
            let to = location.unwrap_or_default();
            wrong(format!("{url}comments redirects to {to}, and forms that are sent there are lost; name the final address ({from})"))
        }
        _ => wrong(format!(
            "{url}comments answers {status}, and not as Ardoise does; let the web server pass /comments on (docs/deploy.md), or correct {from}"
        )),
    }
}

/// Returns the URL of the published tree in the response of a service to a GET request.
fn published_at(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    Some(body.get("published")?.as_str()?.to_owned())
}
