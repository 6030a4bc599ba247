//! Two `serve` on one database and one tree; every few seconds one of them is killed, and the other must carry on.

use std::thread;
use std::time::Instant;

use crate::torture::leg::Leg;
use crate::torture::random::Random;
use crate::torture::rounds;
use crate::torture::services::NAMES;
use crate::torture::weather::GRACE;

pub(crate) fn go(leg: &Leg<'_>, mut random: Random, until: Instant) -> anyhow::Result<()> {
    rounds::start(leg)?;
    for round in 1.. {
        let pause = if round % 8 == 0 { GRACE * 2 } else { random.milliseconds(0, 3000) };
        thread::sleep(pause.min(until.saturating_duration_since(Instant::now())));
        if Instant::now() >= until || leg.is_over() {
            break;
        }
        let slot = random.index(NAMES.len());
        leg.weather.storm();
        leg.services.want(slot, false);
        leg.services.kill(slot)?;
        leg.log.fault("kill-serve");
        leg.log.add("rounds", 1);
        leg.log.say(format!("round {round}: kill -9 of serve {}; the other carries on", NAMES[slot]));
        let works = rounds::all_works(leg, &format!("serve {} was killed", NAMES[slot]))?;
        leg.weather.storm();
        leg.services.want(slot, true);
        if !works || !rounds::all_works(leg, &format!("serve {} was started again", NAMES[slot]))? {
            break;
        }
    }
    Ok(())
}
