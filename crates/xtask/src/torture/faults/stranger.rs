//! Somebody else edits, truncates, adds or deletes files of the tree. A full run heals what he did, and so does a new `serve`.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::torture::leg::Leg;
use crate::torture::random::Random;
use crate::torture::rounds::wait_for;
use crate::torture::shape::readable;

const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn edit(leg: &Leg<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let mut touched = BTreeSet::new();
    for file in some(&leg.ground.tree, random) {
        touched.insert(touch(leg, &file));
        let Ok(bytes) = std::fs::read(&file) else { continue };
        // In place, as an editor without manners does. A file that has gone meanwhile is not made anew.
        let Ok(mut open) = OpenOptions::new().write(true).open(&file) else { continue };
        match random.between(0, 4) {
            0 => open.set_len(random.between(0, bytes.len() as u64))?,
            1 => open.set_len(0)?,
            2 => open.write_all(b"{\"version\":1,\"path\":\"/a/\",\"count\":1,\"comments\":[]}")?,
            _ => {
                let place = random.index(bytes.len());
                let changed: Vec<u8> = bytes.iter().enumerate().map(|(n, byte)| if n == place { byte ^ 0x55 } else { *byte }).collect();
                open.write_all(&changed)?;
            }
        }
    }
    if random.percent(50) {
        let file = leg.ground.tree.join("stranger/index.json");
        touched.insert(touch(leg, &file));
        let made = file.parent().map(std::fs::create_dir_all);
        if made.is_some_and(|made| made.is_ok()) {
            std::fs::write(&file, "{\"version\":1}")?;
        }
    }
    let how = heal(leg, random)?;
    Ok(format!("a stranger edited {} files; {how}", touched.len()))
}

pub(crate) fn delete(leg: &Leg<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let mut touched = BTreeSet::new();
    for file in some(&leg.ground.tree, random) {
        touched.insert(touch(leg, &file));
        // Gone already: so be it.
        let _ = std::fs::remove_file(&file);
    }
    let how = heal(leg, random)?;
    Ok(format!("a stranger deleted {} files; {how}", touched.len()))
}

/// Some files of the tree, in an order that the seed decides.
fn some(tree: &Path, random: &mut Random) -> Vec<PathBuf> {
    let all = walkdir::WalkDir::new(tree).sort_by_file_name().into_iter().flatten();
    let ours = |file: &walkdir::DirEntry| file.file_type().is_file() && !file.file_name().to_string_lossy().starts_with(".ardoise");
    let all: Vec<PathBuf> = all.filter(ours).map(walkdir::DirEntry::into_path).collect();
    let many = random.between(1, 8);
    (0..many).filter_map(|_| random.pick(&all).cloned()).collect()
}

/// Tells the reader to leave it alone; the name of its readable form.
fn touch(leg: &Leg<'_>, file: &Path) -> String {
    let name = file.strip_prefix(&leg.ground.tree).unwrap_or(file).to_string_lossy().into_owned();
    leg.strangers.touch(readable(&name));
    readable(&name).to_owned()
}

/// That it did is looked at when the round ends.
fn heal(leg: &Leg<'_>, random: &mut Random) -> anyhow::Result<&'static str> {
    thread::sleep(random.milliseconds(50, 1000));
    if random.percent(50) {
        leg.services.kill(0)?;
        leg.services.kill(1)?;
        return Ok("a new serve is to heal them");
    }
    // Another fault may be in force, so it may take more than one.
    let healed = wait_for(PATIENCE, || Ok(leg.program.run(&["generate", "--full"])?.succeeded()))?;
    if !healed {
        leg.log.finding(format!("`ardoise generate --full` still fails after {} s", PATIENCE.as_secs()));
    }
    Ok("`generate --full` is to heal them")
}
