//! Runs two `serve` on one database and one tree. Every few seconds one of them is killed, and the other must carry on.

use std::thread;
use std::time::Instant;

use crate::health::GRACE;
use crate::random::Random;
use crate::rounds;
use crate::scenario::Scenario;
use crate::services::NAMES;

pub(crate) fn run(scenario: &Scenario<'_>, mut random: Random, until: Instant) -> anyhow::Result<()> {
    rounds::start(scenario)?;
    for round in 1.. {
        // Every eighth pause is long enough that nothing may be late any more, so that the readers check without tolerance.
        let pause = if round % 8 == 0 { GRACE * 2 } else { random.milliseconds(0, 3000) };
        thread::sleep(pause.min(until.saturating_duration_since(Instant::now())));
        if Instant::now() >= until || scenario.is_ended() {
            break;
        }
        let slot = random.index(NAMES.len());
        scenario.health.mark_faulty();
        scenario.services.set_wanted(slot, false);
        scenario.services.kill(slot)?;
        scenario.log.fault("kill-serve");
        scenario.log.add("rounds", 1);
        scenario.log.info(format!("round {round}: kill -9 of serve {}; the other carries on", NAMES[slot]));
        let is_recovered = rounds::check_recovery(scenario, &format!("serve {} was killed", NAMES[slot]))?;
        // Starting is also a time in which requests may fail.
        scenario.health.mark_faulty();
        scenario.services.set_wanted(slot, true);
        if !is_recovered || !rounds::check_recovery(scenario, &format!("serve {} was started again", NAMES[slot]))? {
            break;
        }
    }
    Ok(())
}
