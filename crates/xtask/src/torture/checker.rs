//! The one checker, when all faults are undone: design.md, 'What must always hold', sentence by sentence.

mod database;
mod logs;
mod tree;

use std::time::{Duration, Instant};

use crate::torture::leg::Leg;
use crate::torture::rounds::wait_for;
use crate::torture::services::NAMES;

/// How long a running `serve` may take until nothing is left to do.
const PATIENCE: Duration = Duration::from_secs(45);

pub(crate) fn check(leg: &Leg<'_>) -> anyhow::Result<()> {
    let begun = Instant::now();
    if let Err(differs) = by_itself(leg)? {
        leg.log.finding(format!("at the end: {differs}"));
    }
    // Then they go, in peace, and nobody changes anything any more.
    for slot in 0..NAMES.len() {
        leg.services.want(slot, false);
        leg.services.signal(slot, "-TERM")?;
    }
    if let Err(missing) = leg.services.wait(PATIENCE) {
        leg.log.finding(format!("at the end: {missing}"));
    }
    // Temporary files of generators that were killed go with a full run.
    let full = leg.program.run(&["generate", "--full"])?;
    if !full.succeeded() {
        leg.log.finding(format!("at the end `ardoise generate --full` failed: {}", full.words()));
    }
    if let Some(differs) = differing(leg, true)? {
        leg.log.finding(format!("after `generate --full`, `generate --check` says: {differs}"));
    }
    let comments = database::check(leg)?;
    tree::check(leg, &comments)?;
    tree::elsewhere(leg)?;
    logs::check(leg)?;
    leg.log.add("checks of the whole", 1);
    leg.log.say(format!("checked {} comments in {:.1} s", comments.len(), begun.elapsed().as_secs_f64()));
    Ok(())
}

/// The running `serve` alone, without being told, brings the tree to what the database says. The load is held meanwhile.
pub(crate) fn by_itself(leg: &Leg<'_>) -> anyhow::Result<Result<(), String>> {
    let mut differs = None;
    let quiet = wait_for(PATIENCE, || {
        differs = differing(leg, false)?;
        Ok(differs.is_none())
    })?;
    if !quiet {
        let differs = differs.unwrap_or_default();
        return Ok(Err(format!("serve has not brought the tree to what the database says after {} s: {differs}", PATIENCE.as_secs())));
    }
    Ok(Ok(()))
}

/// What `generate --check` says. Temporary files that a killed generator left may wait for the next full run.
fn differing(leg: &Leg<'_>, temporary_too: bool) -> anyhow::Result<Option<String>> {
    let check = leg.program.run(&["generate", "--check"])?;
    let is_temporary =
        |line: &str| line.starts_with("surplus\t") && line.rsplit(['/', '\t']).next().is_some_and(|n| n.starts_with(".ardoise-"));
    let lines: Vec<_> = check.printed.lines().filter(|line| temporary_too || !is_temporary(line)).collect();
    if !check.said.is_empty() {
        return Ok(Some(check.words()));
    }
    Ok((!lines.is_empty()).then(|| lines.join(", ").replace('\t', " ")))
}
