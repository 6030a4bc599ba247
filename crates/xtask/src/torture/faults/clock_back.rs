//! The clock of one `serve` is set back, forward, and right again.

use std::thread;

use crate::torture::leg::Leg;
use crate::torture::random::Random;

pub(crate) fn turn(leg: &Leg<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let Some(clock) = leg.clock else { anyhow::bail!("there is no clock to turn") };
    // The second one lives by it.
    leg.services.want(1, true);
    let mut turned = vec![];
    for _ in 0..random.between(1, 4) {
        let back = random.between(1, 200_000).cast_signed();
        let seconds = if random.percent(75) { -back } else { back };
        clock.turn(seconds)?;
        turned.push(format!("{seconds:+} s"));
        thread::sleep(random.milliseconds(300, 2500));
    }
    clock.turn(0)?;
    Ok(format!("the clock of serve b was set to {}, and right again", turned.join(", ")))
}
