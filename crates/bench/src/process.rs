//! Processes that run during a measurement.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use xtask::commands::{find, output_of};

/// The timeout of a start, and of a stop after SIGTERM.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A running process, in a process group with all its descendants. Dropping it kills the group.
pub(crate) struct Running {
    child: Child,
    log: PathBuf,
}

impl Running {
    /// Starts the process. Its output goes to a file: a pipe that is not read would block it.
    pub(crate) fn start(command: &Command, log: &Path) -> anyhow::Result<Self> {
        let output = File::create(log).with_context(|| log.display().to_string())?;
        let mut command = with_parent_death_signal(command)?;
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let child = command.spawn().with_context(|| format!("{command:?} could not be started"))?;
        Ok(Self { child, log: log.to_owned() })
    }

    /// Waits until `ready` returns true.
    pub(crate) fn wait_until(&mut self, what: &str, patience: Duration, mut ready: impl FnMut() -> bool) -> anyhow::Result<()> {
        let begun = Instant::now();
        while !ready() {
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended ({status}) before {what}; its log:\n{}", self.output());
            }
            if begun.elapsed() > patience {
                bail!("waited {} s for {what}; its log:\n{}", patience.as_secs(), self.output());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Waits until the process responds to HTTP on a port.
    pub(crate) fn wait_until_listening(&mut self, port: u16) -> anyhow::Result<()> {
        self.wait_until(&format!("an answer on port {port}"), TIMEOUT, || answers(port))
    }

    /// Waits for the end of a process that was told to stop.
    pub(crate) fn wait(mut self) -> anyhow::Result<()> {
        self.wait_until_exit(TIMEOUT, || {}).map(drop)
    }

    /// Waits until the process ends by itself, and calls `look` fifty times a second.
    pub(crate) fn wait_until_exit(&mut self, patience: Duration, mut look: impl FnMut()) -> anyhow::Result<ExitStatus> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if begun.elapsed() > patience {
                bail!("it did not end within {} s; its log:\n{}", patience.as_secs(), self.output());
            }
            look();
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns the last lines of the log.
    pub(crate) fn output(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&text[text.len().saturating_sub(2000)..]).into_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A process that has not ended after two seconds is killed, and so are its descendants.
        let begun = Instant::now();
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = signal("TERM", &[self.pid().to_string()]);
        }
        while matches!(self.child.try_wait(), Ok(None)) && begun.elapsed() < Duration::from_secs(2) {
            thread::sleep(Duration::from_millis(20));
        }
        let _ = signal("KILL", &[format!("-{}", self.pid())]);
        let _ = self.child.wait();
    }
}

/// Returns the same command, changed so that it gets SIGTERM when this process ends in any way. The child is the program itself.
fn with_parent_death_signal(command: &Command) -> anyhow::Result<Command> {
    let setpriv = find(&["setpriv"]).context("setpriv is missing; it is part of util-linux")?;
    let mut wrapped = Command::new(setpriv);
    wrapped.args(["--pdeathsig", "TERM", "--"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(name, value),
            None => wrapped.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        wrapped.current_dir(folder);
    }
    Ok(wrapped)
}

/// Runs a program to its end and returns the duration. `look` is called repeatedly with the process id.
pub(crate) fn timed(command: &Command, log: &Path, look: impl Fn(u32) + Sync) -> anyhow::Result<Duration> {
    let has_ended = AtomicBool::new(false);
    let begun = Instant::now();
    let mut running = Running::start(command, log)?;
    let pid = running.pid();
    let ended = thread::scope(|scope| {
        scope.spawn(|| {
            while !has_ended.load(Ordering::Relaxed) {
                look(pid);
                thread::sleep(Duration::from_millis(5));
            }
        });
        let ended = running.child.wait();
        let taken = begun.elapsed();
        has_ended.store(true, Ordering::Relaxed);
        ended.map(|status| (status, taken))
    });
    let (status, taken) = ended?;
    if status.success() { Ok(taken) } else { bail!("{command:?} failed: {status}; its log:\n{}", running.output()) }
}

/// Sends a signal to processes. A negative number is a process group.
pub(crate) fn signal(name: &str, pids: &[String]) -> anyhow::Result<()> {
    output_of(Command::new("kill").arg(format!("-{name}")).arg("--").args(pids)).map(drop)
}

/// Returns a port on which no process listens.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Whether a response that looks like HTTP comes back.
fn answers(port: u16) -> bool {
    let ask = || -> std::io::Result<bool> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut begin = [0; 5];
        stream.read_exact(&mut begin)?;
        Ok(begin == *b"HTTP/")
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::{self, Processes};

    #[test]
    fn all_descendants_are_killed() {
        let log = xtask::commands::target_folder().join(format!("ardoise-bench-{}.log", std::process::id()));
        let mut running = Running::start(Command::new("sh").args(["-c", "trap '' TERM; sleep 600 & wait; wait"]), &log).expect("it starts");
        let pid = running.pid();
        let mut all = Vec::new();
        let both = || {
            all = Processes::now().expect("/proc").below(pid);
            all.len() == 2
        };
        running.wait_until("its child", TIMEOUT, both).expect("it has one");
        // The child is orphaned, and must be found all the same.
        signal("KILL", &[pid.to_string()]).expect("killed");
        running.wait_until_exit(TIMEOUT, || {}).expect("it ends");
        assert!(all.iter().any(|&pid| usage::runs(pid)), "{all:?}: the child outlives it");
        drop(running);
        let begun = Instant::now();
        while all.iter().any(|&pid| usage::runs(pid)) {
            assert!(begun.elapsed() < TIMEOUT, "{all:?}: one still runs");
            thread::sleep(Duration::from_millis(20));
        }
        std::fs::remove_file(log).expect("removed");
    }

    #[test]
    fn the_log_of_a_process_that_ends_early_is_in_the_error() {
        let log = xtask::commands::target_folder().join(format!("ardoise-bench-early-{}.log", std::process::id()));
        let mut running = Running::start(Command::new("sh").args(["-c", "echo no such port; exit 3"]), &log).expect("it starts");
        let error = running.wait_until("an answer", TIMEOUT, || false).expect_err("it has ended").to_string();
        assert!(error.contains("before an answer") && error.contains("no such port"), "{error}");
        std::fs::remove_file(log).expect("removed");
    }
}
