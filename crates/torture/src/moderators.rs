//! Workers that moderate with the command line. Some of their commands are killed.

use std::thread;
use std::time::Instant;

use crate::random::Random;
use crate::scenario::Scenario;
use crate::site::ARTICLES;

/// Each moderator has separate articles: two decisions on one comment at the same time would leave no expected status to check.
pub(crate) const MODERATORS: usize = 2;

/// Decides on comments until the scenario has ended.
pub(crate) fn moderate(scenario: &Scenario<'_>, mut random: Random, moderator: usize) -> anyhow::Result<()> {
    let articles: Vec<_> = ARTICLES.iter().skip(moderator).step_by(MODERATORS).collect();
    while !scenario.is_ended() {
        thread::sleep(random.milliseconds(5, 120));
        let Some(_working) = scenario.begin_work() else { continue };
        let Some(article) = random.pick(&articles) else { continue };
        let Some((verb, ids)) = scenario.ledger.begin_random(&mut random, article) else { continue };
        let kill_after = scenario.pending_kills.take().then(|| random.milliseconds(0, 25));
        run_decision(scenario, verb, &ids, kill_after)?;
    }
    Ok(())
}

/// Runs the command of a decision that the ledger has recorded as begun. Returns true if the decision is in force.
pub(crate) fn run_decision(
    scenario: &Scenario<'_>,
    verb: &str,
    ids: &[String],
    kill_after: Option<std::time::Duration>,
) -> anyhow::Result<bool> {
    let arguments: Vec<&str> = std::iter::once(verb).chain(ids.iter().map(String::as_str)).collect();
    let begun = Instant::now();
    let ended = scenario.program.run_with("ardoise.toml", &arguments, kill_after)?;
    scenario.ledger.end(ids, verb, ended.is_success());
    scenario.log.record_longest("a command of a moderator", begun.elapsed());
    match (ended.is_success(), ended.killed) {
        (true, _) => scenario.log.add("decisions in force", ids.len() as u64),
        (_, true) => scenario.log.add("decisions whose command was killed", ids.len() as u64),
        _ => {
            scenario.log.add("decisions whose command failed", ids.len() as u64);
            if scenario.health.was_healthy_since(begun) {
                scenario.log.finding(format!("`ardoise {verb}` failed while no fault was active: {}", ended.summary()));
            }
        }
    }
    Ok(ended.is_success())
}
