//! Sets the clock of one `serve` back, forward, and right again.

use std::thread;

use crate::random::Random;
use crate::scenario::Scenario;

pub(crate) fn change(scenario: &Scenario<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let Some(clock) = scenario.clock else { anyhow::bail!("there is no clock to change") };
    // Only the second service uses the clock that can be changed.
    scenario.services.set_wanted(1, true);
    let mut turned = vec![];
    for _ in 0..random.between(1, 4) {
        let back = random.between(1, 200_000).cast_signed();
        let seconds = if random.percent(75) { -back } else { back };
        clock.set_offset(seconds)?;
        turned.push(format!("{seconds:+} s"));
        thread::sleep(random.milliseconds(300, 2500));
    }
    clock.set_offset(0)?;
    Ok(format!("the clock of serve b was set to {}, and right again", turned.join(", ")))
}
