//! A process that stands still for a while, as on a machine that swaps: it holds what it held, and goes on as if nothing had been.

use std::thread;

use crate::torture::leg::Leg;
use crate::torture::random::Random;
use crate::torture::services::NAMES;

pub(crate) fn serve(leg: &Leg<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let Some(slot) = leg.services.one(random) else { return Ok("no serve was there to stand still".to_owned()) };
    let pause = random.milliseconds(100, 3000);
    leg.services.signal(slot, "-STOP")?;
    thread::sleep(pause);
    leg.services.signal(slot, "-CONT")?;
    Ok(format!("serve {} stood still for {:.1} s", NAMES[slot], pause.as_secs_f64()))
}
