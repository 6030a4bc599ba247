use ardoise_notify::{RequestError, Response, request};
use serde_json::Value;

use super::outcome::Outcome;
use super::scene::{PATIENCE, Scene};
use crate::config::Config;

/// Whether readers find the published tree where the settings say.
pub(super) fn look(scene: &Scene) -> Outcome {
    let config = &scene.config;
    let url = config.tree_url();
    let Ok(ours) = std::fs::read(config.to().join("counts.json")) else {
        return nothing_yet(config, &url);
    };
    let serious = scene.service_runs();
    let wrong = |what: String| if serious { Outcome::Wrong(what) } else { Outcome::Warning(what) };
    match request("GET", &format!("{url}counts.json"), PATIENCE) {
        // A long file is cut off by the one who asks.
        Ok(Response { status: 200, body, .. }) if ours.starts_with(&body) => handed_out(&url),
        Ok(Response { status: 200, body, .. }) if is_counts(&body) => Outcome::Warning(format!(
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

/// Another host, which is written down, must be there before the first comment too.
fn nothing_yet(config: &Config, url: &str) -> Outcome {
    let elsewhere = !url.starts_with(&format!("{}/", config.site.origin));
    match if elsewhere { request("GET", url, PATIENCE).err() } else { None } {
        Some(RequestError(why)) => {
            Outcome::Wrong(format!("readers will look for comments at {url}, and it does not answer: {why}; correct [publish] url"))
        }
        None => Outcome::Fine(format!("nothing is published yet; readers will look for it at {url}")),
    }
}

/// What is Ardoise's own is nobody else's business.
fn handed_out(url: &str) -> Outcome {
    match request("GET", &format!("{url}.ardoise"), PATIENCE) {
        Ok(Response { status: 200, .. }) => Outcome::Warning(format!(
            "readers find the files at {url}, and {url}.ardoise too, which is Ardoise's own: let the web server refuse names that begin with a dot"
        )),
        _ => Outcome::Fine(format!("readers find the files at {url}")),
    }
}

fn is_counts(body: &[u8]) -> bool {
    body.starts_with(b"{\"version\"") || serde_json::from_slice::<Value>(body).is_ok_and(|body| body.get("counts").is_some())
}
