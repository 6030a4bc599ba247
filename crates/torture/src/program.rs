//! The program under test, run as a user runs it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use xtask::commands::{root, run};

use crate::processes::Processes;

/// The timeout of a command, under any fault.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(90);

/// Builds the program with the profile of the tests.
pub(crate) fn build() -> anyhow::Result<PathBuf> {
    run(Command::new("cargo").args(["build", "--quiet", "--package", "ardoise"]).current_dir(root()))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder));
    Ok(target.join("debug/ardoise"))
}

pub(crate) struct Program {
    binary: PathBuf,
    folder: PathBuf,
    pub(crate) processes: Processes,
    number: AtomicU64,
}

/// The result of a command.
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) killed: bool,
}

impl Finished {
    pub(crate) fn is_success(&self) -> bool {
        self.status.success() && !self.killed
    }

    /// Returns the status and the last line of standard error.
    pub(crate) fn summary(&self) -> String {
        let last = self.stderr.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it printed nothing").to_owned();
        if self.killed { format!("killed; {last}") } else { format!("{}; {last}", self.status) }
    }
}

impl Program {
    pub(crate) fn new(binary: &Path, folder: &Path) -> Self {
        let (binary, folder) = (binary.to_owned(), folder.to_owned());
        Self { binary, folder, processes: Processes::default(), number: AtomicU64::new(0) }
    }

    pub(crate) fn command(&self, settings: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(["--config", settings]).current_dir(&self.folder).env_remove("ARDOISE_CONFIG").env_remove("ARDOISE_LOG");
        command.env_remove("NOTIFY_SOCKET").stdin(Stdio::null());
        command
    }

    /// Runs a command and waits for its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> anyhow::Result<Finished> {
        self.run_with("ardoise.toml", arguments, None)
    }

    /// Runs a command, and kills it after `kill_after` if it is still running.
    pub(crate) fn run_with(&self, settings: &str, arguments: &[&str], kill_after: Option<Duration>) -> anyhow::Result<Finished> {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let verb = arguments.first().copied().unwrap_or_default();
        let place = |kind: &str| self.folder.join("logs").join(format!("{verb}-{number}.{kind}"));
        let (out, err) = (place("out"), place("err"));
        let mut command = self.command(settings);
        command.args(arguments);
        command.stdout(File::create(&out)?).stderr(File::create(&err)?);
        let child = command.spawn().with_context(|| format!("{command:?} could not be started"))?;
        let (status, killed) = self.await_end(child, verb, kill_after)?;
        let ended = Finished { status, stdout: std::fs::read_to_string(&out)?, stderr: std::fs::read_to_string(&err)?, killed };
        std::fs::remove_file(&out)?;
        // The standard error of a failed command stays, for the search for the cause.
        if ended.is_success() && ended.stderr.is_empty() {
            std::fs::remove_file(&err)?;
        }
        Ok(ended)
    }

    fn await_end(&self, mut child: Child, verb: &str, kill_after: Option<Duration>) -> anyhow::Result<(ExitStatus, bool)> {
        let (begun, id) = (Instant::now(), child.id());
        self.processes.add(id, verb);
        let patience = kill_after.unwrap_or(COMMAND_TIMEOUT);
        let ended = loop {
            if let Some(status) = child.try_wait()? {
                break Ok((status, false));
            }
            if begun.elapsed() >= patience {
                child.kill()?;
                let status = child.wait()?;
                if kill_after.is_none() {
                    break Err(anyhow::anyhow!("`ardoise {verb}` had not ended after {} s, and was killed", patience.as_secs()));
                }
                // The command may have ended by itself just before the signal; then its result is known.
                break Ok((status, status.code().is_none()));
            }
            thread::sleep(Duration::from_millis(1));
        };
        self.processes.remove(id);
        ended
    }
}
