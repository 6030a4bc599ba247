//! Checks the invariants of docs/architecture.md after all faults have ended.

mod database;
mod logs;
mod tree;

use std::time::{Duration, Instant};

use crate::scenario::Scenario;
use crate::scenario::wait_for;
use crate::services::NAMES;

/// The time that a running `serve` may take to finish all pending work.
const TIMEOUT: Duration = Duration::from_secs(45);

pub(crate) fn check(scenario: &Scenario<'_>) -> anyhow::Result<()> {
    let begun = Instant::now();
    if let Err(differs) = wait_until_consistent(scenario)? {
        scenario.log.finding(format!("at the end: {differs}"));
    }
    // Stop both services in order, so that nothing changes any more.
    for slot in 0..NAMES.len() {
        scenario.services.set_wanted(slot, false);
        scenario.services.signal(slot, "-TERM")?;
    }
    if let Err(missing) = scenario.services.wait(TIMEOUT) {
        scenario.log.finding(format!("at the end: {missing}"));
    }
    // A full run removes the temporary files of generators that were killed.
    let full = scenario.program.run(&["generate", "--full"])?;
    if !full.is_success() {
        scenario.log.finding(format!("at the end `ardoise generate --full` failed: {}", full.summary()));
    }
    if let Some(differs) = differing(scenario, true)? {
        scenario.log.finding(format!("after `generate --full`, `generate --check` reports: {differs}"));
    }
    let comments = database::check(scenario)?;
    tree::check(scenario, &comments)?;
    tree::elsewhere(scenario)?;
    logs::check(scenario)?;
    scenario.log.add("checks of the whole", 1);
    scenario.log.info(format!("checked {} comments in {:.1} s", comments.len(), begun.elapsed().as_secs_f64()));
    Ok(())
}

/// Checks that the running `serve` brings the tree in line with the database without a command. The caller holds the load meanwhile.
pub(crate) fn wait_until_consistent(scenario: &Scenario<'_>) -> anyhow::Result<Result<(), String>> {
    let mut differs = None;
    let quiet = wait_for(TIMEOUT, || {
        differs = differing(scenario, false)?;
        Ok(differs.is_none())
    })?;
    if !quiet {
        let differs = differs.unwrap_or_default();
        return Ok(Err(format!("serve has not brought the tree in line with the database after {} s: {differs}", TIMEOUT.as_secs())));
    }
    Ok(Ok(()))
}

/// Returns the differences that `generate --check` reports. Temporary files of a killed generator may stay until the next full run.
fn differing(scenario: &Scenario<'_>, temporary_too: bool) -> anyhow::Result<Option<String>> {
    let check = scenario.program.run(&["generate", "--check"])?;
    let is_temporary =
        |line: &str| line.starts_with("surplus\t") && line.rsplit(['/', '\t']).next().is_some_and(|n| n.starts_with(".ardoise-"));
    let lines: Vec<_> = check.stdout.lines().filter(|line| temporary_too || !is_temporary(line)).collect();
    if !check.stderr.is_empty() {
        return Ok(Some(check.summary()));
    }
    Ok((!lines.is_empty()).then(|| lines.join(", ").replace('\t', " ")))
}
