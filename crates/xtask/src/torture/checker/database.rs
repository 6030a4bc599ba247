//! What was acknowledged is there, once and as it was sent; what was decided is in force.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::torture::leg::Leg;

/// A comment as `ardoise pending --json` lists it.
pub(crate) struct Stored {
    pub(crate) status: &'static str,
    pub(crate) article: String,
    date: String,
    token: String,
}

const STATUSES: [&str; 5] = ["pending", "approved", "rejected", "spam", "deleted"];

pub(crate) fn check(leg: &Leg<'_>) -> anyhow::Result<BTreeMap<String, Stored>> {
    let stored = list(leg)?;
    leg.log.add("comments found in the database at the end", stored.len() as u64);
    let mut tokens = BTreeSet::new();
    for (id, comment) in &stored {
        if !tokens.insert(&comment.token) {
            leg.log.finding(format!("{id}: one submission is stored twice ({})", comment.token));
        }
        if !leg.ledger.was_sent(&comment.token) {
            leg.log.finding(format!("{id} is in the database, and nobody sent it ({})", comment.token));
        }
        if comment.date.is_empty() {
            leg.log.finding(format!("{id} has no date"));
        }
    }
    let entries = leg.ledger.entries();
    for (id, entry) in &entries {
        let Some(comment) = stored.get(id) else {
            leg.log.finding(format!("LOST: {id} ({}) was acknowledged and is not in the database", entry.token));
            continue;
        };
        if comment.token != entry.token || comment.article != entry.article {
            leg.log.finding(format!("{id} was acknowledged as {} and is {} in the database", entry.token, comment.token));
        }
        if !entry.possible.contains(comment.status) {
            let possible: Vec<_> = entry.possible.iter().copied().collect();
            leg.log.finding(format!("{id} was decided to be {}, and is {}", possible.join(" or "), comment.status));
        }
    }
    let unasked = stored.iter().filter(|(id, comment)| !entries.contains_key(*id) && comment.status != "pending");
    for (id, comment) in unasked {
        leg.log.finding(format!("{id} is {}, and nobody decided that", comment.status));
    }
    Ok(stored)
}

fn list(leg: &Leg<'_>) -> anyhow::Result<BTreeMap<String, Stored>> {
    let mut stored = BTreeMap::new();
    for status in STATUSES {
        let listed = leg.program.run(&["pending", "--status", status, "--json"])?;
        if !listed.succeeded() {
            leg.log.finding(format!("`ardoise pending --status {status}` failed at the end: {}", listed.words()));
            continue;
        }
        let comments: Vec<Value> = serde_json::from_str(&listed.printed)?;
        for comment in comments {
            let text = |name: &str| comment[name].as_str().unwrap_or_default().to_owned();
            let token = text("text").lines().next().unwrap_or_default().to_owned();
            let one = Stored { status, article: text("article"), date: text("date"), token };
            if stored.insert(text("id"), one).is_some() {
                leg.log.finding(format!("{} has two statuses", text("id")));
            }
        }
    }
    Ok(stored)
}
