//! `kill -9` at moments that nobody chose, and SIGTERM, which is to be obeyed.

use std::thread;
use std::time::Duration;

use crate::torture::leg::Leg;
use crate::torture::random::Random;
use crate::torture::rounds::wait_for;
use crate::torture::services::NAMES;

pub(crate) fn serve(leg: &Leg<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let mut killed = vec![];
    for _ in 0..random.between(1, 4) {
        if let Some(slot) = leg.services.one(random)
            && leg.services.kill(slot)?
        {
            killed.push(NAMES[slot]);
            leg.log.add("serve killed", 1);
        }
        // Sometimes before it has begun to listen again.
        thread::sleep(random.milliseconds(20, 900));
    }
    Ok(format!("kill -9 of serve {}", killed.join(", ")))
}

pub(crate) fn stop(leg: &Leg<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let Some(slot) = leg.services.one(random) else { return Ok("no serve was there to be stopped".to_owned()) };
    leg.services.signal(slot, "-TERM")?;
    thread::sleep(random.milliseconds(50, 500));
    Ok(format!("SIGTERM to serve {}", NAMES[slot]))
}

pub(crate) fn generate(leg: &Leg<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let many = random.between(2, 8);
    let mut killed = 0;
    for _ in 0..many {
        let arguments: &[&str] = if random.percent(70) { &["generate", "--full"] } else { &["generate"] };
        let ended = leg.program.run_with("ardoise.toml", arguments, Some(random.milliseconds(5, 250)))?;
        killed += u64::from(ended.killed);
    }
    leg.log.add("generate killed", killed);
    Ok(format!("{killed} of {many} `ardoise generate` killed"))
}

/// The moderators' own commands, while they run.
pub(crate) fn command(leg: &Leg<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let many = random.between(3, 12);
    leg.condemned.add(many);
    let killed = wait_for(Duration::from_secs(20), || Ok(leg.condemned.left() == 0))?;
    anyhow::ensure!(killed, "the moderators have run no commands to be killed for 20 s");
    Ok(format!("{many} commands of moderators killed"))
}
