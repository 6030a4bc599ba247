//! The published tree goes: removed for good, or moved away and back.

use std::io::ErrorKind;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::Context;

use crate::torture::leg::Leg;
use crate::torture::random::Random;

pub(crate) fn remove(leg: &Leg<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let times = random.between(1, 4);
    for _ in 0..times {
        // In one go, or file by file while a generator writes into it.
        if random.percent(50) {
            remove_all(&leg.ground.tree)?;
        } else {
            let trash = leg.ground.disk.join("trash");
            rename(&leg.ground.tree, &trash)?;
            remove_all(&trash)?;
        }
        thread::sleep(random.milliseconds(0, 1500));
    }
    Ok(format!("the published tree was removed {times} times"))
}

/// Like a disk that is unplugged and comes back: meanwhile another tree has begun in its place.
pub(crate) fn move_away(leg: &Leg<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let (away, trash) = (leg.ground.disk.join("away"), leg.ground.disk.join("trash"));
    rename(&leg.ground.tree, &away)?;
    let lasts = random.milliseconds(0, 3000);
    thread::sleep(lasts);
    rename(&leg.ground.tree, &trash)?;
    rename(&away, &leg.ground.tree)?;
    remove_all(&trash)?;
    Ok(format!("the published tree was away for {:.1} s and came back", lasts.as_secs_f64()))
}

/// A generator may be writing into it, so it may not be empty at once.
fn remove_all(folder: &Path) -> anyhow::Result<()> {
    for _ in 0..200 {
        match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => thread::sleep(Duration::from_millis(5)),
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).with_context(|| folder.display().to_string()),
            _ => return Ok(()),
        }
    }
    anyhow::bail!("{} is filled as fast as it is emptied", folder.display())
}

fn rename(from: &Path, to: &Path) -> anyhow::Result<()> {
    match std::fs::rename(from, to) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).with_context(|| format!("{} to {}", from.display(), to.display())),
        _ => Ok(()),
    }
}
