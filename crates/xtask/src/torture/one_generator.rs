//! Looks at the processes all the time: whoever writes in the tree holds its lock, and no two write at once.
//!
//! That two processes hold one lock is impossible, so counting holders would prove nothing. What a process without the lock, or
//! with the lock of a folder that is gone, would do is write: it has a file of the tree open for writing. A process counts as
//! writing at a moment only when the very same file was open in it before and after that moment.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::torture::leg::Leg;

const PAUSE: Duration = Duration::from_millis(2);
/// It is held open by whoever waits for its lock, and written by whoever has it.
const MARK: &str = ".ardoise";
const LOOKS: u32 = 3;

/// Files of the tree that a process has open for writing.
type Writing = BTreeSet<String>;

pub(crate) fn watch(leg: &Leg<'_>) {
    while !leg.is_over() {
        look(leg);
        thread::sleep(PAUSE);
    }
}

fn look(leg: &Leg<'_>) {
    let processes = leg.program.processes.all();
    let writing = |(id, _): &(u32, String)| writing(*id, &leg.ground.tree);
    let before: Vec<Writing> = processes.iter().map(writing).collect();
    if before.iter().all(BTreeSet::is_empty) {
        return;
    }
    // The kernel hands its list out in pieces, between which a lock can go, so one look proves nothing.
    let holders: Vec<_> = (0..LOOKS).map(|_| holders()).collect();
    let mut at_work = vec![];
    for (process, before) in processes.iter().zip(before) {
        let before: Writing = before.intersection(&writing(process)).cloned().collect();
        if before.is_empty() {
            continue;
        }
        leg.log.add("moments at which a generator was seen writing", 1);
        if !holders.iter().any(|holders| holders.contains(&process.0)) {
            leg.log.finding(format!("{} writes in the tree and holds no lock", process.1));
        }
        at_work.push(format!("{} ({})", process.1, before.into_iter().collect::<Vec<_>>().join(", ")));
    }
    if at_work.len() > 1 {
        leg.log.finding(format!("two generators at once: {}", at_work.join(" and ")));
    }
}

fn writing(id: u32, tree: &Path) -> Writing {
    let Ok(open) = std::fs::read_dir(format!("/proc/{id}/fd")) else { return Writing::new() };
    let mut files = Writing::new();
    for descriptor in open.flatten() {
        let Ok(file) = std::fs::read_link(descriptor.path()) else { continue };
        // What was removed meanwhile lies in no tree. It may be flushed for a while yet.
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

/// A new file that is not yet in its place. It is read, too, when it is flushed.
fn is_temporary(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".ardoise-"))
}

/// `flags: 0100002`, in octal; the last digit's lowest bits are the access mode, and 0 is reading.
fn is_for_writing(id: u32, descriptor: &str) -> bool {
    let about = std::fs::read_to_string(format!("/proc/{id}/fdinfo/{descriptor}")).unwrap_or_default();
    let flags = about.lines().find_map(|line| line.strip_prefix("flags:")).map(str::trim).unwrap_or_default();
    u32::from_str_radix(flags, 8).is_ok_and(|flags| flags & 3 != 0)
}

fn holders() -> BTreeSet<u32> {
    // In one read where it fits: what is asked for in small pieces is also made in small pieces.
    let mut locks = vec![0; 64 * 1024];
    let length = std::fs::File::open("/proc/locks").and_then(|mut open| open.read(&mut locks)).unwrap_or_default();
    holders_in(&String::from_utf8_lossy(&locks[..length]))
}

/// `7: FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF`; a line with an arrow waits.
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
    fn a_holder_is_told_from_one_who_waits() {
        let locks = "1: FLOCK  ADVISORY  WRITE 70 fe:00:9 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 71 fe:00:9 0 EOF\n2: POSIX  ADVISORY  READ  72 fe:00:8 0 EOF\n";
        assert_eq!(holders_in(locks).into_iter().collect::<Vec<_>>(), [70]);
    }
}
