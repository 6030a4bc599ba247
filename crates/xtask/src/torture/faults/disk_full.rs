//! The disk under the database and the tree is full.

use std::fs::File;
use std::io::Write;
use std::thread;

use anyhow::Context;

use crate::torture::leg::Leg;
use crate::torture::random::Random;

const BLOCK: usize = 64 * 1024;

pub(crate) fn fill(leg: &Leg<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let ballast = leg.ground.disk.join("ballast");
    let mut file = File::create(&ballast)?;
    let mut bytes = 0_u64;
    // Large pieces first, then what little is left.
    for size in [BLOCK, 4096, 1] {
        while let Ok(written) = file.write(&vec![0; size]) {
            bytes += written as u64;
            if written == 0 {
                break;
            }
        }
    }
    // Sometimes there is room for a small file, and none for a large one.
    let left = if random.percent(40) { random.between(4, 200) * 1024 } else { 0 };
    file.set_len(bytes.saturating_sub(left))?;
    let lasts = random.milliseconds(300, 4000);
    thread::sleep(lasts / 2);
    // What others have freed meanwhile is taken too.
    let mut more = File::create(ballast.with_extension("more"))?;
    while left == 0 && more.write(&[0; 4096]).is_ok_and(|written| written > 0) {}
    thread::sleep(lasts / 2);
    for file in [ballast.with_extension("more"), ballast] {
        std::fs::remove_file(&file).with_context(|| file.display().to_string())?;
    }
    Ok(format!("the disk was full but for {left} bytes for {:.1} s", lasts.as_secs_f64()))
}
