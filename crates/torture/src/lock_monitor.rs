//! Monitors the processes of the program: a process that writes to the tree must hold its lock, and two never write at the same time.
//!
//! Two processes cannot hold one lock, so counting the holders would prove nothing. A process without the lock, or with the lock of a
//! folder that was removed, would still write: it has a file of the tree open for writing. A process counts as writing only if the same
//! file was open before and after the locks were read.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::scenario::Scenario;

const SAMPLE_INTERVAL: Duration = Duration::from_millis(2);
/// Processes that wait for the lock have this file open, and the holder writes to it.
const MARK: &str = ".ardoise";
const LOCK_READS: u32 = 3;

/// The files of the tree that a process has open for writing.
type Writing = BTreeSet<String>;

pub(crate) fn watch(scenario: &Scenario<'_>) {
    while !scenario.is_ended() {
        sample(scenario);
        thread::sleep(SAMPLE_INTERVAL);
    }
}

fn sample(scenario: &Scenario<'_>) {
    let processes = scenario.program.processes.all();
    let writing = |(id, _): &(u32, String)| writing(*id, &scenario.site.tree);
    let before: Vec<Writing> = processes.iter().map(writing).collect();
    if before.iter().all(BTreeSet::is_empty) {
        return;
    }
    // The kernel returns the list of locks in pieces, and a lock can be released between two of them, so it is read several times.
    let holders: Vec<_> = (0..LOCK_READS).map(|_| holders()).collect();
    let mut active_work = vec![];
    for (process, before) in processes.iter().zip(before) {
        let before: Writing = before.intersection(&writing(process)).cloned().collect();
        if before.is_empty() {
            continue;
        }
        scenario.log.add("samples with a writing generator", 1);
        if !holders.iter().any(|holders| holders.contains(&process.0)) {
            scenario.log.finding(format!("{} writes to the tree without holding its lock", process.1));
        }
        active_work.push(format!("{} ({})", process.1, before.into_iter().collect::<Vec<_>>().join(", ")));
    }
    if active_work.len() > 1 {
        scenario.log.finding(format!("two generators write at the same time: {}", active_work.join(" and ")));
    }
}

fn writing(id: u32, tree: &Path) -> Writing {
    let Ok(open) = std::fs::read_dir(format!("/proc/{id}/fd")) else { return Writing::new() };
    let mut files = Writing::new();
    for descriptor in open.flatten() {
        let Ok(file) = std::fs::read_link(descriptor.path()) else { continue };
        // A removed file is in no tree any more, but may still be flushed for a while.
        let is_gone = file.to_string_lossy().ends_with(" (deleted)");
        if is_gone || file.file_name().is_some_and(|name| name == MARK) || !file.starts_with(tree) {
            continue;
        }
        let number = descriptor.file_name().to_string_lossy().into_owned();
        if is_temporary(&file) || is_for_writing(id, &number) {
            files.insert(file.strip_prefix(tree).unwrap_or(&file).to_string_lossy().into_owned());
        }
    }
    files
}

/// Whether this is a new file that was not renamed into place yet. It may be open for reading while it is flushed.
fn is_temporary(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".ardoise-"))
}

/// Parses `flags: 0100002`, in octal. The lowest two bits are the access mode; 0 is reading.
fn is_for_writing(id: u32, descriptor: &str) -> bool {
    let about = std::fs::read_to_string(format!("/proc/{id}/fdinfo/{descriptor}")).unwrap_or_default();
    let flags = about.lines().find_map(|line| line.strip_prefix("flags:")).map(str::trim).unwrap_or_default();
    u32::from_str_radix(flags, 8).is_ok_and(|flags| flags & 3 != 0)
}

fn holders() -> BTreeSet<u32> {
    // Read everything at once where possible: the kernel builds the list separately for each read.
    let mut locks = vec![0; 64 * 1024];
    let length = std::fs::File::open("/proc/locks").and_then(|mut open| open.read(&mut locks)).unwrap_or_default();
    holders_in(&String::from_utf8_lossy(&locks[..length]))
}

/// Parses `7: FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF`. A line with an arrow is a process that waits.
fn holders_in(locks: &str) -> BTreeSet<u32> {
    let holder = |line: &str| match line.split_whitespace().collect::<Vec<_>>()[..] {
        [_, "FLOCK", "ADVISORY", "WRITE", holder, ..] => holder.parse().ok(),
        _ => None,
    };
    locks.lines().filter_map(holder).collect()
}

#[cfg(test)]
mod tests {
    use super::holders_in;

    #[test]
    fn waiting_processes_are_no_holders() {
        let locks = "1: FLOCK  ADVISORY  WRITE 70 fe:00:9 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 71 fe:00:9 0 EOF\n2: POSIX  ADVISORY  READ  72 fe:00:8 0 EOF\n";
        assert_eq!(holders_in(locks).into_iter().collect::<Vec<_>>(), [70]);
    }
}
