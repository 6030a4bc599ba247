//! Makes the published tree read-only. Permissions do not stop root, so it is a read-only mount.

use std::thread;

use crate::namespace;
use crate::random::Random;
use crate::scenario::Scenario;

pub(crate) fn tree(scenario: &Scenario<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    namespace::mount_read_only(&scenario.site.tree)?;
    let lasts = random.milliseconds(300, 5000);
    thread::sleep(lasts);
    namespace::unmount(&scenario.site.tree)?;
    Ok(format!("the published tree was read-only for {:.1} s", lasts.as_secs_f64()))
}
