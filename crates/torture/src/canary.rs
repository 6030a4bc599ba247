//! Checks after each fault that the program recovered by itself: a comment is submitted, approved, published, deleted and taken down.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::moderators::run_decision;
use crate::scenario::Scenario;
use crate::services::NAMES;
use crate::site::{CANARY, file_of};
use crate::submit::{self, Submitted};

/// The deadline of each step after the end of a fault.
const TIMEOUT: Duration = Duration::from_secs(30);
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Returns how long each step took, or a description of the step that failed.
pub(crate) fn check(scenario: &Scenario<'_>) -> anyhow::Result<Result<String, String>> {
    let begun = Instant::now();
    if let Err(missing) = scenario.services.wait(TIMEOUT) {
        return Ok(Err(missing));
    }
    let mut ids = vec![];
    for (slot, name) in NAMES.iter().enumerate().filter(|(slot, _)| scenario.services.is_wanted(*slot)) {
        match submit(scenario, slot, &format!("canary-{}-{name}", scenario.number())) {
            Some(id) => ids.push(id),
            None => return Ok(Err(format!("serve {name} does not accept comments, {} s after the fault", TIMEOUT.as_secs()))),
        }
    }
    let taken = begun.elapsed();
    if !decide(scenario, "approve", &ids)? {
        return Ok(Err(format!("`ardoise approve` still fails {} s after the fault", TIMEOUT.as_secs())));
    }
    let approved = Instant::now();
    if !wait(scenario, &ids, true) {
        return Ok(Err(format!("what was approved after the fault is not published {} s later", TIMEOUT.as_secs())));
    }
    let published = approved.elapsed();
    if !decide(scenario, "delete", &ids)? {
        return Ok(Err(format!("`ardoise delete` still fails {} s after the fault", TIMEOUT.as_secs())));
    }
    let deleted = Instant::now();
    if !wait(scenario, &ids, false) {
        return Ok(Err(format!("what was deleted after the fault is still published {} s later", TIMEOUT.as_secs())));
    }
    scenario.log.record_longest("from the end of a fault to 202", taken);
    scenario.log.record_longest("from approval to the file, after a fault", published);
    scenario.log.record_longest("from deletion to the file, after a fault", deleted.elapsed());
    let seconds = |took: Duration| took.as_secs_f64();
    let (taken, published, deleted) = (seconds(taken), seconds(published), seconds(deleted.elapsed()));
    Ok(Ok(format!("accepts comments after {taken:.2} s, publishes in {published:.2} s, takes down in {deleted:.2} s")))
}

fn submit(scenario: &Scenario<'_>, slot: usize, token: &str) -> Option<String> {
    let (agent, begun) = (submit::agent(), Instant::now());
    for attempt in 0.. {
        if begun.elapsed() > TIMEOUT {
            break;
        }
        // Each attempt is a separate submission: one without a response may be stored.
        let token = format!("{token}-{attempt}-end");
        let draft = json!({ "article": CANARY, "author": "Ada", "text": token });
        if let Some(url) = scenario.services.url(slot)
            && let Submitted::Acknowledged(id) = submit::send(scenario, &agent, &url, CANARY, &token, &draft, true)
        {
            return Some(id);
        }
        thread::sleep(POLL_INTERVAL);
    }
    None
}

fn decide(scenario: &Scenario<'_>, verb: &str, ids: &[String]) -> anyhow::Result<bool> {
    let begun = Instant::now();
    while begun.elapsed() < TIMEOUT {
        scenario.ledger.begin(ids, verb);
        if run_decision(scenario, verb, ids, None)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Waits until all of the comments are published, or none of them.
fn wait(scenario: &Scenario<'_>, ids: &[String], published: bool) -> bool {
    let (file, begun) = (scenario.site.tree.join(file_of(CANARY)), Instant::now());
    while begun.elapsed() < TIMEOUT {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        if ids.iter().all(|id| text.contains(&format!("\"id\":\"{id}\"")) == published) {
            return true;
        }
        thread::sleep(POLL_INTERVAL);
    }
    false
}
