//! Runs HTTP load with wrk, and collects its results.

use std::ops::AddAssign;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::figures::number;
use crate::process::Running;
use crate::usage;

/// The time that a client waits for a response.
const RESPONSE_TIMEOUT: &str = "10s";
/// The time that servers may keep working after their clients have disconnected.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);

/// A load of requests.
pub(crate) struct Load<'a> {
    pub(crate) wrk: &'a Path,
    /// One of the scripts in `scripts/`.
    pub(crate) script: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) url: String,
    pub(crate) connections: u32,
    pub(crate) log: PathBuf,
}

/// The results of a load.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outcome {
    pub(crate) seconds: f64,
    /// Requests with a correct response.
    pub(crate) answers: u64,
    /// Bytes of these responses, with headers and without TLS.
    pub(crate) bytes: u64,
    /// Connections that failed or broke.
    pub(crate) broken: u64,
    /// Other responses.
    pub(crate) refused: u64,
    /// Responses after the timeout.
    pub(crate) late: u64,
    /// The median and the maximum of the response times within the timeout, in milliseconds.
    pub(crate) median: f64,
    pub(crate) slowest: f64,
    /// The processor time of the servers, user and system.
    pub(crate) cpu_seconds: f64,
    /// The maximum memory of the servers.
    pub(crate) max_bytes: u64,
}

impl Load<'_> {
    /// Runs the load for this many seconds. The usage of `servers` and of their descendants is measured.
    pub(crate) fn run(&self, seconds: u64, servers: &[u32]) -> anyhow::Result<Outcome> {
        let mut wrk = Command::new(self.wrk);
        wrk.args([
            "--timeout",
            RESPONSE_TIMEOUT,
            "--threads",
            &self.connections.min(2).to_string(),
            "--connections",
            &self.connections.to_string(),
        ]);
        wrk.args(["--duration", &format!("{seconds}s"), "--script"]).arg(&self.script).arg(&self.url).arg("--").args(&self.arguments);
        let before = usage::usage(servers)?;
        let mut max_bytes = before.bytes;
        let mut looks = 0_u32;
        let mut running = Running::start(&wrk, &self.log)?;
        running.wait_until_exit(Duration::from_secs(seconds + 30), || {
            // Twice a second, because this is called fifty times a second: each measurement takes a millisecond of processor time.
            if looks.is_multiple_of(25)
                && let Ok(now) = usage::usage(servers)
            {
                max_bytes = max_bytes.max(now.bytes);
            }
            looks += 1;
        })?;
        let after = usage::usage(servers)?;
        if let Some(pid) = servers.iter().find(|&&pid| !usage::runs(pid)) {
            bail!("process {pid} ended under this load: {wrk:?}");
        }
        drain(servers)?;
        let outcome = parse(&running.output()).with_context(|| format!("the output of wrk:\n{}", running.output()))?;
        Ok(Outcome { cpu_seconds: after.cpu_seconds - before.cpu_seconds, max_bytes: max_bytes.max(after.bytes), ..outcome })
    }
}

impl Outcome {
    /// Returns the correct responses per second.
    pub(crate) fn per_second(&self) -> f64 {
        self.answers as f64 / self.seconds
    }

    /// Returns the maximum response time in milliseconds. That of responses after the timeout is unknown.
    pub(crate) fn slowest(&self) -> String {
        if self.late > 0 { "over 10 s".to_owned() } else { number(self.slowest) }
    }

    /// Joins several runs of the same load. The result has the worst of the medians.
    pub(crate) fn sum(all: &[Self]) -> Self {
        all.iter().fold(Self::default(), |mut sum, one| {
            sum += *one;
            sum
        })
    }
}

/// Waits until the servers have finished the requests of the disconnected clients, so that they do not slow down the next measurement.
fn drain(servers: &[u32]) -> anyhow::Result<()> {
    let begun = Instant::now();
    let mut before = usage::usage(servers)?.cpu_seconds;
    let mut quiet = 0;
    // A single idle moment may be a wait for the disk.
    while quiet < 3 && begun.elapsed() < DRAIN_TIMEOUT {
        thread::sleep(Duration::from_millis(200));
        let now = usage::usage(servers)?.cpu_seconds;
        quiet = if now - before < 0.015 { quiet + 1 } else { 0 };
        before = now;
    }
    Ok(())
}

/// Parses the line `RESULT` that the scripts print.
fn parse(output: &str) -> anyhow::Result<Outcome> {
    let line = output.lines().find_map(|line| line.strip_prefix("RESULT ")).context("it printed no RESULT line")?;
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
        self.max_bytes = self.max_bytes.max(more.max_bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_of_the_scripts_is_parsed() {
        let output = "Running 1s test\nRESULT {\"answers\":9,\"bytes\":99,\"microseconds\":1500000,\"connect\":1,\"read\":2,\"write\":3,\
                    \"status\":4,\"timeout\":5,\"median\":2000,\"slowest\":7000}\n";
        let mut outcome = parse(output).expect("a result");
        outcome += outcome;
        assert_eq!((outcome.answers, outcome.broken, outcome.refused, outcome.late), (18, 12, 8, 10));
        assert!((outcome.seconds - 3.0).abs() < 1e-9 && (outcome.slowest - 7.0).abs() < 1e-9);
        assert!(parse("unable to connect").is_err());
    }
}
