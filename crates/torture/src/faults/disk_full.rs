//! Fills the disk of the database and the tree.

use std::fs::File;
use std::io::Write;
use std::thread;

use anyhow::Context;

use crate::random::Random;
use crate::scenario::Scenario;

const BLOCK_BYTES: usize = 64 * 1024;

pub(crate) fn fill(scenario: &Scenario<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let filler = scenario.site.disk.join("ballast");
    let mut file = File::create(&filler)?;
    let mut bytes = 0_u64;
    // Write large blocks first, then small ones into the remaining space.
    for size in [BLOCK_BYTES, 4096, 1] {
        while let Ok(written) = file.write(&vec![0; size]) {
            bytes += written as u64;
            if written == 0 {
                break;
            }
        }
    }
    // Sometimes leave enough room for a small file, but not for a large one.
    let left = if random.percent(40) { random.between(4, 200) * 1024 } else { 0 };
    file.set_len(bytes.saturating_sub(left))?;
    let lasts = random.milliseconds(300, 4000);
    thread::sleep(lasts / 2);
    // Also fill the space that was freed meanwhile.
    let mut more = File::create(filler.with_extension("more"))?;
    while left == 0 && more.write(&[0; 4096]).is_ok_and(|written| written > 0) {}
    thread::sleep(lasts / 2);
    for file in [filler.with_extension("more"), filler] {
        std::fs::remove_file(&file).with_context(|| file.display().to_string())?;
    }
    Ok(format!("the disk was full but for {left} bytes for {:.1} s", lasts.as_secs_f64()))
}
