//! Sends SIGKILL at random moments, and SIGTERM, after which the program must exit with success.

use std::thread;
use std::time::Duration;

use crate::random::Random;
use crate::scenario::Scenario;
use crate::scenario::wait_for;
use crate::services::NAMES;

pub(crate) fn serve(scenario: &Scenario<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let mut killed = vec![];
    for _ in 0..random.between(1, 4) {
        if let Some(slot) = scenario.services.any_running(random)
            && scenario.services.kill(slot)?
        {
            killed.push(NAMES[slot]);
            scenario.log.add("serve killed", 1);
        }
        // Sometimes kill the process again before it listens.
        thread::sleep(random.milliseconds(20, 900));
    }
    Ok(format!("kill -9 of serve {}", killed.join(", ")))
}

pub(crate) fn stop(scenario: &Scenario<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let Some(slot) = scenario.services.any_running(random) else { return Ok("no serve was running".to_owned()) };
    scenario.services.signal(slot, "-TERM")?;
    thread::sleep(random.milliseconds(50, 500));
    Ok(format!("SIGTERM to serve {}", NAMES[slot]))
}

pub(crate) fn generate(scenario: &Scenario<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let many = random.between(2, 8);
    let mut killed = 0;
    for _ in 0..many {
        let arguments: &[&str] = if random.percent(70) { &["generate", "--full"] } else { &["generate"] };
        let ended = scenario.program.run_with("ardoise.toml", arguments, Some(random.milliseconds(5, 250)))?;
        killed += u64::from(ended.killed);
    }
    scenario.log.add("generate killed", killed);
    Ok(format!("{killed} of {many} `ardoise generate` killed"))
}

/// Kills commands of the moderators while they run.
pub(crate) fn command(scenario: &Scenario<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let many = random.between(3, 12);
    scenario.pending_kills.add(many);
    let killed = wait_for(Duration::from_secs(20), || Ok(scenario.pending_kills.left() == 0))?;
    anyhow::ensure!(killed, "the moderators have run too few commands in 20 s");
    Ok(format!("{many} commands of moderators killed"))
}
