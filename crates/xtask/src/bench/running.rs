//! Programs that run while something is measured.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::programs::{find, quietly};

/// How long a program may take to start, and to end when it is asked to.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program that runs until it is stopped, in a group with all that it starts; the group is killed when this is dropped.
pub(crate) struct Running {
    child: Child,
    log: PathBuf,
}

impl Running {
    /// Starts it. What it says goes to a file, for a pipe that nobody empties would stop it.
    pub(crate) fn start(command: &Command, log: &Path) -> anyhow::Result<Self> {
        let said = File::create(log).with_context(|| log.display().to_string())?;
        let mut command = dying_with_us(command)?;
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said);
        let child = command.spawn().with_context(|| format!("{command:?} could not be started"))?;
        Ok(Self { child, log: log.to_owned() })
    }

    /// Waits until `ready` holds.
    pub(crate) fn until(&mut self, what: &str, patience: Duration, mut ready: impl FnMut() -> bool) -> anyhow::Result<()> {
        let begun = Instant::now();
        while !ready() {
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended ({status}) before {what}; it said:\n{}", self.said());
            }
            if begun.elapsed() > patience {
                bail!("waited {} s for {what}; it said:\n{}", patience.as_secs(), self.said());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Waits until it answers HTTP on a port.
    pub(crate) fn until_it_answers(&mut self, port: u16) -> anyhow::Result<()> {
        self.until(&format!("an answer on port {port}"), PATIENCE, || answers(port))
    }

    /// Waits for it to end once it was told to.
    pub(crate) fn ended(mut self) -> anyhow::Result<()> {
        self.until_it_ends(PATIENCE, || {}).map(drop)
    }

    /// Waits for it to end by itself; looks fifty times a second.
    pub(crate) fn until_it_ends(&mut self, patience: Duration, mut look: impl FnMut()) -> anyhow::Result<ExitStatus> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if begun.elapsed() > patience {
                bail!("it did not end within {} s; it said:\n{}", patience.as_secs(), self.said());
            }
            look();
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The end of its log.
    pub(crate) fn said(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&text[text.len().saturating_sub(2000)..]).into_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Whoever does not end by himself in two seconds is killed, and so is whoever was left behind.
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

/// The same command, which gets SIGTERM when we end, however we end. Its process is the program's own.
fn dying_with_us(command: &Command) -> anyhow::Result<Command> {
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

/// Runs a program to its end and says how long it took. `look` is called all the time with its process.
pub(crate) fn timed(command: &Command, log: &Path, look: impl Fn(u32) + Sync) -> anyhow::Result<Duration> {
    let over = AtomicBool::new(false);
    let begun = Instant::now();
    let mut running = Running::start(command, log)?;
    let pid = running.pid();
    let ended = thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                look(pid);
                thread::sleep(Duration::from_millis(5));
            }
        });
        let ended = running.child.wait();
        let taken = begun.elapsed();
        over.store(true, Ordering::Relaxed);
        ended.map(|status| (status, taken))
    });
    let (status, taken) = ended?;
    if status.success() { Ok(taken) } else { bail!("{command:?} failed: {status}; it said:\n{}", running.said()) }
}

/// Sends a signal to processes; a number that begins with a minus is a whole group.
pub(crate) fn signal(name: &str, pids: &[String]) -> anyhow::Result<()> {
    quietly(Command::new("kill").arg(format!("-{name}")).arg("--").args(pids)).map(drop)
}

/// A port that nobody listens on just now.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Whether anything like HTTP comes back.
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
    use crate::bench::usage::{self, Processes};

    #[test]
    fn nothing_is_left_behind() {
        let log = crate::programs::target_folder().join(format!("ardoise-bench-{}.log", std::process::id()));
        let mut running = Running::start(Command::new("sh").args(["-c", "trap '' TERM; sleep 600 & wait; wait"]), &log).expect("it starts");
        let pid = running.pid();
        let mut all = Vec::new();
        let both = || {
            all = Processes::now().expect("/proc").below(pid);
            all.len() == 2
        };
        running.until("its child", PATIENCE, both).expect("it has one");
        // Its child is left alone, and is found all the same.
        signal("KILL", &[pid.to_string()]).expect("killed");
        running.until_it_ends(PATIENCE, || {}).expect("it ends");
        assert!(all.iter().any(|&pid| usage::runs(pid)), "{all:?}: the child outlives it");
        drop(running);
        let begun = Instant::now();
        while all.iter().any(|&pid| usage::runs(pid)) {
            assert!(begun.elapsed() < PATIENCE, "{all:?}: one still runs");
            thread::sleep(Duration::from_millis(20));
        }
        std::fs::remove_file(log).expect("removed");
    }

    #[test]
    fn who_ends_early_is_quoted() {
        let log = crate::programs::target_folder().join(format!("ardoise-bench-early-{}.log", std::process::id()));
        let mut running = Running::start(Command::new("sh").args(["-c", "echo no such port; exit 3"]), &log).expect("it starts");
        let error = running.until("an answer", PATIENCE, || false).expect_err("it has ended").to_string();
        assert!(error.contains("before an answer") && error.contains("no such port"), "{error}");
        std::fs::remove_file(log).expect("removed");
    }
}
