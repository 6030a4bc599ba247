//! Many clients at once, and what they were answered.

use std::ops::AddAssign;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::bench::figures::number;
use crate::bench::running::Running;
use crate::bench::usage;

/// How long a client waits for an answer.
const LIMIT: &str = "10s";
/// How long servers may go on once their clients have gone.
const DRAIN: Duration = Duration::from_secs(20);

/// What clients are to do.
pub(crate) struct Load<'a> {
    pub(crate) wrk: &'a Path,
    /// A script of ours.
    pub(crate) script: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) url: String,
    pub(crate) connections: u32,
    pub(crate) log: PathBuf,
}

/// What came of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outcome {
    pub(crate) seconds: f64,
    /// Requests that were answered as they should be.
    pub(crate) answers: u64,
    /// Bytes of these answers, headers included, TLS not.
    pub(crate) bytes: u64,
    /// Connections that could not be made, or broke.
    pub(crate) broken: u64,
    /// Other answers.
    pub(crate) refused: u64,
    /// Answers that took longer than the limit.
    pub(crate) late: u64,
    /// Milliseconds that half of the answers took at most, and the slowest of all that were not late.
    pub(crate) median: f64,
    pub(crate) slowest: f64,
    /// What the servers used meanwhile.
    pub(crate) cpu_seconds: f64,
    /// The most memory that the servers had meanwhile.
    pub(crate) most_bytes: u64,
}

impl Load<'_> {
    /// Runs it so long. `servers` are the processes whose use is measured, with all below them.
    pub(crate) fn run(&self, seconds: u64, servers: &[u32]) -> anyhow::Result<Outcome> {
        let mut wrk = Command::new(self.wrk);
        wrk.args(["--timeout", LIMIT, "--threads", &self.connections.min(2).to_string(), "--connections", &self.connections.to_string()]);
        wrk.args(["--duration", &format!("{seconds}s"), "--script"]).arg(&self.script).arg(&self.url).arg("--").args(&self.arguments);
        let before = usage::usage(servers)?;
        let mut most_bytes = before.bytes;
        let mut looks = 0_u32;
        let mut running = Running::start(&wrk, &self.log)?;
        running.until_it_ends(Duration::from_secs(seconds + 30), || {
            // Twice a second: a look costs the machine a millisecond.
            if looks.is_multiple_of(25)
                && let Ok(now) = usage::usage(servers)
            {
                most_bytes = most_bytes.max(now.bytes);
            }
            looks += 1;
        })?;
        let after = usage::usage(servers)?;
        if let Some(pid) = servers.iter().find(|&&pid| !usage::runs(pid)) {
            bail!("process {pid} ended under this load: {wrk:?}");
        }
        drain(servers)?;
        let outcome = parse(&running.said()).with_context(|| format!("wrk said:\n{}", running.said()))?;
        Ok(Outcome { cpu_seconds: after.cpu_seconds - before.cpu_seconds, most_bytes: most_bytes.max(after.bytes), ..outcome })
    }
}

impl Outcome {
    /// Answers as they should be, a second.
    pub(crate) fn a_second(&self) -> f64 {
        self.answers as f64 / self.seconds
    }

    /// How long the slowest answer took, in milliseconds. How late a late one was, nobody has noted.
    pub(crate) fn slowest(&self) -> String {
        if self.late > 0 { "over 10 s".to_owned() } else { number(self.slowest) }
    }

    /// Several runs of the same load as one longer run. Of the medians, the worst is kept.
    pub(crate) fn sum(all: &[Self]) -> Self {
        all.iter().fold(Self::default(), |mut sum, one| {
            sum += *one;
            sum
        })
    }
}

/// Waits until the servers have done what was still asked of them when the clients went: it is nobody else's time that this takes.
fn drain(servers: &[u32]) -> anyhow::Result<()> {
    let begun = Instant::now();
    let mut before = usage::usage(servers)?.cpu_seconds;
    let mut quiet = 0;
    // One quiet moment may be a wait for the disk.
    while quiet < 3 && begun.elapsed() < DRAIN {
        thread::sleep(Duration::from_millis(200));
        let now = usage::usage(servers)?.cpu_seconds;
        quiet = if now - before < 0.015 { quiet + 1 } else { 0 };
        before = now;
    }
    Ok(())
}

/// The line that our scripts end with.
fn parse(said: &str) -> anyhow::Result<Outcome> {
    let line = said.lines().find_map(|line| line.strip_prefix("RESULT ")).context("it printed no result")?;
    let result: Value = serde_json::from_str(line)?;
    let number = |name: &str| result[name].as_u64().with_context(|| format!("no {name} in {line}"));
    let duration = |name: &str| number(name).map(Duration::from_micros);
    Ok(Outcome {
        seconds: duration("microseconds")?.as_secs_f64(),
        answers: number("answers")?,
        bytes: number("bytes")?,
        broken: number("connect")? + number("read")? + number("write")?,
        refused: number("status")?,
        late: number("timeout")?,
        median: duration("median")?.as_secs_f64() * 1000.0,
        slowest: duration("slowest")?.as_secs_f64() * 1000.0,
        ..Outcome::default()
    })
}

impl AddAssign for Outcome {
    fn add_assign(&mut self, more: Self) {
        self.seconds += more.seconds;
        self.answers += more.answers;
        self.bytes += more.bytes;
        self.broken += more.broken;
        self.refused += more.refused;
        self.late += more.late;
        self.median = self.median.max(more.median);
        self.slowest = self.slowest.max(more.slowest);
        self.cpu_seconds += more.cpu_seconds;
        self.most_bytes = self.most_bytes.max(more.most_bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_scripts_print_is_read() {
        let said = "Running 1s test\nRESULT {\"answers\":9,\"bytes\":99,\"microseconds\":1500000,\"connect\":1,\"read\":2,\"write\":3,\
                    \"status\":4,\"timeout\":5,\"median\":2000,\"slowest\":7000}\n";
        let mut outcome = parse(said).expect("a result");
        outcome += outcome;
        assert_eq!((outcome.answers, outcome.broken, outcome.refused, outcome.late), (18, 12, 8, 10));
        assert!((outcome.seconds - 3.0).abs() < 1e-9 && (outcome.slowest - 7.0).abs() < 1e-9);
        assert!(parse("unable to connect").is_err());
    }
}
