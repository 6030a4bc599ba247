//! Every acknowledged comment is stored, once and as it was sent, and every decision is in force.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::scenario::Scenario;

/// A comment as `ardoise pending --json` lists it.
pub(crate) struct Stored {
    pub(crate) status: &'static str,
    pub(crate) article: String,
    date: String,
    token: String,
}

const STATUSES: [&str; 5] = ["pending", "approved", "rejected", "spam", "deleted"];

pub(crate) fn check(scenario: &Scenario<'_>) -> anyhow::Result<BTreeMap<String, Stored>> {
    let stored = list(scenario)?;
    scenario.log.add("comments found in the database at the end", stored.len() as u64);
    let mut tokens = BTreeSet::new();
    for (id, comment) in &stored {
        if !tokens.insert(&comment.token) {
            scenario.log.finding(format!("{id}: one submission is stored twice ({})", comment.token));
        }
        if !scenario.ledger.was_sent(&comment.token) {
            scenario.log.finding(format!("{id} is in the database, but was never sent ({})", comment.token));
        }
        if comment.date.is_empty() {
            scenario.log.finding(format!("{id} has no date"));
        }
    }
    let entries = scenario.ledger.entries();
    for (id, entry) in &entries {
        let Some(comment) = stored.get(id) else {
            scenario.log.finding(format!("LOST: {id} ({}) was acknowledged and is not in the database", entry.token));
            continue;
        };
        if comment.token != entry.token || comment.article != entry.article {
            scenario.log.finding(format!("{id} was acknowledged as {}, but is {} in the database", entry.token, comment.token));
        }
        if !entry.possible.contains(comment.status) {
            let possible: Vec<_> = entry.possible.iter().copied().collect();
            scenario.log.finding(format!("{id} should be {}, but is {}", possible.join(" or "), comment.status));
        }
    }
    let unasked = stored.iter().filter(|(id, comment)| !entries.contains_key(*id) && comment.status != "pending");
    for (id, comment) in unasked {
        scenario.log.finding(format!("{id} is {} without a decision", comment.status));
    }
    Ok(stored)
}

fn list(scenario: &Scenario<'_>) -> anyhow::Result<BTreeMap<String, Stored>> {
    let mut stored = BTreeMap::new();
    for status in STATUSES {
        let listed = scenario.program.run(&["pending", "--status", status, "--json"])?;
        if !listed.is_success() {
            scenario.log.finding(format!("`ardoise pending --status {status}` failed at the end: {}", listed.summary()));
            continue;
        }
        let comments: Vec<Value> = serde_json::from_str(&listed.stdout)?;
        for comment in comments {
            let text = |name: &str| comment[name].as_str().unwrap_or_default().to_owned();
            let token = text("text").lines().next().unwrap_or_default().to_owned();
            let one = Stored { status, article: text("article"), date: text("date"), token };
            if stored.insert(text("id"), one).is_some() {
                scenario.log.finding(format!("{} has two statuses", text("id")));
            }
        }
    }
    Ok(stored)
}
