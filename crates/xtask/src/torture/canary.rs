//! After each fault: does everything work again, by itself? A comment goes in, is published, and is taken down.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::torture::ground::{CANARY, file_of};
use crate::torture::leg::Leg;
use crate::torture::moderators::decide_begun;
use crate::torture::services::NAMES;
use crate::torture::writers::{self, Sent};

/// Nothing may take longer once the fault is gone.
const PATIENCE: Duration = Duration::from_secs(30);
const TICK: Duration = Duration::from_millis(10);

/// Says how long it took, or what did not come.
pub(crate) fn sing(leg: &Leg<'_>) -> anyhow::Result<Result<String, String>> {
    let begun = Instant::now();
    if let Err(missing) = leg.services.wait(PATIENCE) {
        return Ok(Err(missing));
    }
    let mut ids = vec![];
    for (slot, name) in NAMES.iter().enumerate().filter(|(slot, _)| leg.services.is_wanted(*slot)) {
        match submit(leg, slot, &format!("canary-{}-{name}", leg.number())) {
            Some(id) => ids.push(id),
            None => return Ok(Err(format!("serve {name} does not take comments in, {} s after the fault", PATIENCE.as_secs()))),
        }
    }
    let taken = begun.elapsed();
    if !decide(leg, "approve", &ids)? {
        return Ok(Err(format!("`ardoise approve` still fails {} s after the fault", PATIENCE.as_secs())));
    }
    let approved = Instant::now();
    if !wait(leg, &ids, true) {
        return Ok(Err(format!("what was approved after the fault is not published {} s later", PATIENCE.as_secs())));
    }
    let published = approved.elapsed();
    if !decide(leg, "delete", &ids)? {
        return Ok(Err(format!("`ardoise delete` still fails {} s after the fault", PATIENCE.as_secs())));
    }
    let deleted = Instant::now();
    if !wait(leg, &ids, false) {
        return Ok(Err(format!("what was deleted after the fault is still published {} s later", PATIENCE.as_secs())));
    }
    leg.log.longest("from the end of a fault to 202", taken);
    leg.log.longest("from approval to the file, after a fault", published);
    leg.log.longest("from deletion to the file, after a fault", deleted.elapsed());
    let seconds = |took: Duration| took.as_secs_f64();
    let (taken, published, deleted) = (seconds(taken), seconds(published), seconds(deleted.elapsed()));
    Ok(Ok(format!("takes comments in after {taken:.2} s, publishes in {published:.2} s, takes down in {deleted:.2} s")))
}

fn submit(leg: &Leg<'_>, slot: usize, token: &str) -> Option<String> {
    let (agent, begun) = (writers::agent(), Instant::now());
    for attempt in 0.. {
        if begun.elapsed() > PATIENCE {
            break;
        }
        // Each attempt is a submission of its own: one that got no answer may be there.
        let token = format!("{token}-{attempt}-end");
        let draft = json!({ "article": CANARY, "author": "Ada", "text": token });
        if let Some(url) = leg.services.url(slot)
            && let Sent::Acknowledged(id) = writers::send(leg, &agent, &url, CANARY, &token, &draft, true)
        {
            return Some(id);
        }
        thread::sleep(TICK);
    }
    None
}

fn decide(leg: &Leg<'_>, verb: &str, ids: &[String]) -> anyhow::Result<bool> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        leg.ledger.begin(ids, verb);
        if decide_begun(leg, verb, ids, None)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Waits until all of them are published, or none.
fn wait(leg: &Leg<'_>, ids: &[String], published: bool) -> bool {
    let (file, begun) = (leg.ground.tree.join(file_of(CANARY)), Instant::now());
    while begun.elapsed() < PATIENCE {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        if ids.iter().all(|id| text.contains(&format!("\"id\":\"{id}\"")) == published) {
            return true;
        }
        thread::sleep(TICK);
    }
    false
}
