use ardoise_notify::{RequestError, Response, request};
use serde_json::Value;

use super::context::{CheckContext, TIMEOUT};
use super::finding::Finding;
use crate::config::Config;

/// Checks whether readers find the published tree at its URL.
pub(super) fn check(context: &CheckContext) -> Finding {
    let config = &context.config;
    let url = config.tree_url();
    let Ok(ours) = std::fs::read(config.to().join("counts.json")) else {
        return nothing_yet(config, &url);
    };
    let is_running = context.service_runs();
    let wrong = |what: String| if is_running { Finding::Wrong(what) } else { Finding::Warning(what) };
    match request("GET", &format!("{url}counts.json"), TIMEOUT) {
        // `request` reads only the beginning of a long body.
        Ok(Response { status: 200, body, .. }) if ours.starts_with(&body) => handed_out(&url),
        Ok(Response { status: 200, body, .. }) if is_counts(&body) => Finding::Warning(format!(
            "{url}counts.json is another one than {}: a copy, or a cache, that is behind, or another folder; compare it with [publish] to",
            config.to().display()
        )),
        Ok(Response { status, .. }) => wrong(format!(
            "{url}counts.json answers {status}, and not with the published file; let the web server hand out {} there, or correct [publish] url",
            config.to().display()
        )),
        Err(RequestError(why)) => {
            wrong(format!("{url} does not answer: {why}; correct [publish] url or [site] origin, or start the web server"))
        }
    }
}

/// Without published files, only a URL on another host can be checked: it must respond already.
fn nothing_yet(config: &Config, url: &str) -> Finding {
    let elsewhere = !url.starts_with(&format!("{}/", config.site.origin));
    match if elsewhere { request("GET", url, TIMEOUT).err() } else { None } {
        Some(RequestError(why)) => {
            Finding::Wrong(format!("readers will look for comments at {url}, and it does not answer: {why}; correct [publish] url"))
        }
        None => Finding::Fine(format!("nothing is published yet; readers will look for it at {url}")),
    }
}

/// Warns if the web server also hands out Ardoise's own files.
fn handed_out(url: &str) -> Finding {
    match request("GET", &format!("{url}.ardoise"), TIMEOUT) {
        Ok(Response { status: 200, .. }) => Finding::Warning(format!(
            "readers find the files at {url}, and {url}.ardoise too, which is Ardoise's own: let the web server refuse names that begin with a dot"
        )),
        _ => Finding::Fine(format!("readers find the files at {url}")),
    }
}

fn is_counts(body: &[u8]) -> bool {
    body.starts_with(b"{\"version\"") || serde_json::from_slice::<Value>(body).is_ok_and(|body| body.get("counts").is_some())
}
