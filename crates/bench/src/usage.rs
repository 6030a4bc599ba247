//! Resource usage of processes, from /proc.

use std::collections::HashMap;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use xtask::commands::output_of;

/// The resources that processes have used.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// User and system time, including that of children that have ended.
    pub(crate) cpu_seconds: f64,
    /// Resident memory. Pages that several processes share are counted once.
    pub(crate) bytes: u64,
}

/// A snapshot of the process tree.
pub(crate) struct Processes {
    parents: HashMap<u32, u32>,
}

impl Processes {
    pub(crate) fn now() -> anyhow::Result<Self> {
        let mut parents = HashMap::new();
        for entry in std::fs::read_dir("/proc")? {
            let Ok(pid) = entry?.file_name().to_string_lossy().parse() else { continue };
            // The process may have ended meanwhile.
            let Some(fields) = stat(pid) else { continue };
            parents.insert(pid, fields[1].parse()?);
        }
        Ok(Self { parents })
    }

    /// Returns a process and all its descendants.
    pub(crate) fn below(&self, pid: u32) -> Vec<u32> {
        let mut found = vec![pid];
        let mut next = 0;
        while let Some(&parent) = found.get(next) {
            found.extend(self.parents.iter().filter(|&(_, of)| *of == parent).map(|(&child, _)| child));
            next += 1;
        }
        found
    }
}

/// Returns the usage of these processes and all their descendants.
pub(crate) fn usage(roots: &[u32]) -> anyhow::Result<Usage> {
    let processes = Processes::now()?;
    let mut usage = Usage::default();
    let ticks = ticks_a_second()?;
    for pid in roots.iter().flat_map(|&root| processes.below(root)) {
        let Some(fields) = stat(pid) else { continue };
        // utime, stime, cutime, cstime
        let spent = fields[11..15].iter().map(|field| field.parse::<f64>()).sum::<Result<f64, _>>()?;
        usage.cpu_seconds += spent / ticks;
        usage.bytes += kilobytes(pid, "smaps_rollup", "Pss:").unwrap_or_default() * 1024;
    }
    Ok(usage)
}

/// Whether a process is running. A zombie is not.
pub(crate) fn runs(pid: u32) -> bool {
    stat(pid).is_some_and(|fields| fields[0] != "Z")
}

/// Returns the number of cores that the whole machine keeps busy.
pub(crate) fn busy_cores(during: Duration) -> anyhow::Result<f64> {
    let before = busy_ticks()?;
    let begun = Instant::now();
    thread::sleep(during);
    Ok((busy_ticks()? - before) / ticks_a_second()? / begun.elapsed().as_secs_f64())
}

/// Parses `cpu user nice system idle iowait irq softirq steal …`, and sums all but the waiting times.
fn busy_ticks() -> anyhow::Result<f64> {
    let text = std::fs::read_to_string("/proc/stat")?;
    let ticks = text.lines().next().unwrap_or_default().split_whitespace().skip(1).map(str::parse).collect::<Result<Vec<f64>, _>>()?;
    anyhow::ensure!(ticks.len() >= 8, "the first line of /proc/stat is not a list of times: {text:?}");
    Ok(ticks[..3].iter().chain(&ticks[5..8]).sum())
}

/// The time unit of /proc.
fn ticks_a_second() -> anyhow::Result<f64> {
    Ok(output_of(Command::new("getconf").arg("CLK_TCK"))?.trim().parse()?)
}

/// Returns the fields of /proc/PID/stat after the program's name, which may contain spaces: state, parent, …
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(text.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

/// Returns the value of a line in one of a process's files in /proc, or `None` after its end.
pub(crate) fn kilobytes(pid: u32, file: &str, line: &str) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/{file}")).ok()?;
    text.lines().find_map(|found| found.strip_prefix(line))?.trim().trim_end_matches("kB").trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_measured() {
        let us = std::process::id();
        let ours = usage(&[us]).expect("/proc");
        assert!(ours.bytes > 1024 * 1024 && ours.cpu_seconds >= 0.0, "{ours:?}");
        // Other tests run in this process at the same time, so the later value may only be larger.
        let now = kilobytes(us, "status", "VmRSS:");
        assert!(now.is_some() && kilobytes(us, "status", "VmHWM:") >= now);
        assert_eq!(kilobytes(us, "status", "NoSuchLine:"), None);
        let cores = std::thread::available_parallelism().expect("cores").get() as f64;
        let busy = busy_cores(Duration::from_millis(100)).expect("/proc/stat");
        assert!((0.0..cores * 1.5).contains(&busy), "{busy} of {cores}");
    }
}
