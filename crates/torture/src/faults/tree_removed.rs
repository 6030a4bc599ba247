//! Removes the published tree, or moves it away and back.

use std::io::ErrorKind;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::Context;

use crate::random::Random;
use crate::scenario::Scenario;

pub(crate) fn remove(scenario: &Scenario<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let times = random.between(1, 4);
    for _ in 0..times {
        // Remove it at once by rename, or file by file while a generator writes into it.
        if random.percent(50) {
            remove_all(&scenario.site.tree)?;
        } else {
            let trash = scenario.site.disk.join("trash");
            rename(&scenario.site.tree, &trash)?;
            remove_all(&trash)?;
        }
        thread::sleep(random.milliseconds(0, 1500));
    }
    Ok(format!("the published tree was removed {times} times"))
}

/// Simulates a disk that is unplugged and comes back: meanwhile the program begins another tree in its place.
pub(crate) fn move_away(scenario: &Scenario<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let (away, trash) = (scenario.site.disk.join("away"), scenario.site.disk.join("trash"));
    rename(&scenario.site.tree, &away)?;
    let lasts = random.milliseconds(0, 3000);
    thread::sleep(lasts);
    rename(&scenario.site.tree, &trash)?;
    rename(&away, &scenario.site.tree)?;
    remove_all(&trash)?;
    Ok(format!("the published tree was away for {:.1} s and came back", lasts.as_secs_f64()))
}

/// Retries: a generator may be writing into the folder.
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
