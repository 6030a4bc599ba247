//! Stops a process for a while, as on a machine that swaps. It keeps its locks and connections and then continues.

use std::thread;

use crate::random::Random;
use crate::scenario::Scenario;
use crate::services::NAMES;

pub(crate) fn serve(scenario: &Scenario<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let Some(slot) = scenario.services.any_running(random) else { return Ok("no serve was running".to_owned()) };
    let pause = random.milliseconds(100, 3000);
    scenario.services.signal(slot, "-STOP")?;
    thread::sleep(pause);
    scenario.services.signal(slot, "-CONT")?;
    Ok(format!("serve {} was paused for {:.1} s", NAMES[slot], pause.as_secs_f64()))
}
