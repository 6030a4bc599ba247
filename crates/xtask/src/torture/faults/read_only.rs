//! The published tree cannot be written to. As root no right is in the way, so it is mounted read-only.

use std::thread;

use crate::torture::leg::Leg;
use crate::torture::namespace;
use crate::torture::random::Random;

pub(crate) fn tree(leg: &Leg<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    namespace::mount_read_only(&leg.ground.tree)?;
    let lasts = random.milliseconds(300, 5000);
    thread::sleep(lasts);
    namespace::unmount(&leg.ground.tree)?;
    Ok(format!("the published tree was read-only for {:.1} s", lasts.as_secs_f64()))
}
