//! Edits, truncates, adds or deletes files of the tree from outside. A full run repairs them, and so does a restarted `serve`.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::published::readable;
use crate::random::Random;
use crate::scenario::Scenario;
use crate::scenario::wait_for;

const TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) fn edit(scenario: &Scenario<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let mut changed_files = BTreeSet::new();
    for file in pick_files(&scenario.site.tree, random) {
        changed_files.insert(mark(scenario, &file));
        let Ok(bytes) = std::fs::read(&file) else { continue };
        // Write in place, as some editors do. Do not recreate a file that was removed meanwhile.
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
        let file = scenario.site.tree.join("stranger/index.json");
        changed_files.insert(mark(scenario, &file));
        let made = file.parent().map(std::fs::create_dir_all);
        if made.is_some_and(|made| made.is_ok()) {
            std::fs::write(&file, "{\"version\":1}")?;
        }
    }
    let how = trigger_repair(scenario, random)?;
    Ok(format!("{} files were edited; {how}", changed_files.len()))
}

pub(crate) fn delete(scenario: &Scenario<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let mut changed_files = BTreeSet::new();
    for file in pick_files(&scenario.site.tree, random) {
        changed_files.insert(mark(scenario, &file));
        // The file may have been removed already.
        let _ = std::fs::remove_file(&file);
    }
    let how = trigger_repair(scenario, random)?;
    Ok(format!("{} files were deleted; {how}", changed_files.len()))
}

/// Returns some files of the tree, in an order that depends on the seed.
fn pick_files(tree: &Path, random: &mut Random) -> Vec<PathBuf> {
    let all = walkdir::WalkDir::new(tree).sort_by_file_name().into_iter().flatten();
    let ours = |file: &walkdir::DirEntry| file.file_type().is_file() && !file.file_name().to_string_lossy().starts_with(".ardoise");
    let all: Vec<PathBuf> = all.filter(ours).map(walkdir::DirEntry::into_path).collect();
    let many = random.between(1, 8);
    (0..many).filter_map(|_| random.pick(&all).cloned()).collect()
}

/// Marks a file as tampered with, and returns its name without the suffix of a compressed form.
fn mark(scenario: &Scenario<'_>, file: &Path) -> String {
    let name = file.strip_prefix(&scenario.site.tree).unwrap_or(file).to_string_lossy().into_owned();
    scenario.tampered.mark(readable(&name));
    readable(&name).to_owned()
}

/// Triggers a repair. The result is checked at the end of the round.
fn trigger_repair(scenario: &Scenario<'_>, random: &mut Random) -> anyhow::Result<&'static str> {
    thread::sleep(random.milliseconds(50, 1000));
    if random.percent(50) {
        scenario.services.kill(0)?;
        scenario.services.kill(1)?;
        return Ok("a restarted serve is to repair them");
    }
    // Another fault may be active, so this may take several tries.
    let repaired = wait_for(TIMEOUT, || Ok(scenario.program.run(&["generate", "--full"])?.is_success()))?;
    if !repaired {
        scenario.log.finding(format!("`ardoise generate --full` still fails after {} s", TIMEOUT.as_secs()));
    }
    Ok("`generate --full` is to repair them")
}
