//! Moderators at their command lines, of which some are killed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use crate::torture::ground::ARTICLES;
use crate::torture::leg::Leg;
use crate::torture::random::Random;

/// Each has articles of his own: two who decide about one comment at once would leave nothing to check.
pub(crate) const MODERATORS: usize = 2;

/// How many of the commands to come are to be killed.
#[derive(Default)]
pub(crate) struct Condemned(AtomicU64);

impl Condemned {
    pub(crate) fn add(&self, many: u64) {
        self.0.fetch_add(many, Ordering::Relaxed);
    }

    pub(crate) fn left(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn take(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

/// Decides until the leg is over.
pub(crate) fn moderate(leg: &Leg<'_>, mut random: Random, moderator: usize) -> anyhow::Result<()> {
    let articles: Vec<_> = ARTICLES.iter().skip(moderator).step_by(MODERATORS).collect();
    while !leg.is_over() {
        thread::sleep(random.milliseconds(5, 120));
        let Some(_working) = leg.work() else { continue };
        let Some(article) = random.pick(&articles) else { continue };
        let Some((verb, ids)) = leg.ledger.begin_some(&mut random, article) else { continue };
        let kill_after = leg.condemned.take().then(|| random.milliseconds(0, 25));
        decide_begun(leg, verb, &ids, kill_after)?;
    }
    Ok(())
}

/// A decision that the ledger knows to have begun. True: it is in force.
pub(crate) fn decide_begun(leg: &Leg<'_>, verb: &str, ids: &[String], kill_after: Option<std::time::Duration>) -> anyhow::Result<bool> {
    let arguments: Vec<&str> = std::iter::once(verb).chain(ids.iter().map(String::as_str)).collect();
    let begun = Instant::now();
    let ended = leg.program.run_with("ardoise.toml", &arguments, kill_after)?;
    leg.ledger.end(ids, verb, ended.succeeded());
    leg.log.longest("a command of a moderator", begun.elapsed());
    match (ended.succeeded(), ended.killed) {
        (true, _) => leg.log.add("decisions in force", ids.len() as u64),
        (_, true) => leg.log.add("decisions whose command was killed", ids.len() as u64),
        _ => {
            leg.log.add("decisions whose command failed", ids.len() as u64);
            if leg.weather.was_calm_since(begun) {
                leg.log.finding(format!("`ardoise {verb}` failed though nothing was wrong: {}", ended.words()));
            }
        }
    }
    Ok(ended.succeeded())
}
