//! One run of the owner's command.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::OnChangeError;

/// How often the command is checked for its end.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// The time between the request to terminate and the kill.
const KILL_DELAY: Duration = Duration::from_secs(2);
/// How long to wait for the rest of an ended command's output. A background process keeps the pipe open as long as it runs, and is not
/// waited for.
const OUTPUT_TIMEOUT: Duration = Duration::from_millis(200);
/// How much of the end of the output is kept, in bytes.
const MAX_OUTPUT: usize = 4096;

/// The process group of the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProcessGroup {
    /// A new process group, which is killed as a whole.
    Own,
    /// The caller's process group: Ctrl-C ends the command too. At the time limit only the shell is killed, and what it has started goes on.
    Caller,
}

/// Why a command is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KillReason {
    /// It exceeded this time limit.
    TimeLimit(Duration),
    /// The program stops.
    Stop,
}

/// Runs `command` with `lines` on its standard input. Its standard output is discarded; the end of its standard error is part of an error.
/// Kills it as soon as `kill_reason`, called with the elapsed time, returns a reason.
pub(super) fn run(
    command: &str,
    folder: &Path,
    lines: String,
    group: ProcessGroup,
    kill_reason: &dyn Fn(Duration) -> Option<KillReason>,
) -> Result<(), OnChangeError> {
    let begun = Instant::now();
    let mut child = start(command, folder, group)?;
    let input = child.stdin.take();
    // Written on a thread: a command that writes before it reads would otherwise block on a full pipe, and this thread with it. The thread
    // is not joined, because a command need not read the list.
    thread::spawn(move || input.map(|mut input| input.write_all(lines.as_bytes())));
    let output = read_output(child.stderr.take());
    let ended = loop {
        if let Some(status) = child.try_wait()? {
            break Ok(status);
        }
        if let Some(reason) = kill_reason(begun.elapsed()) {
            kill(&mut child, group)?;
            break Err(reason);
        }
        thread::sleep(POLL_INTERVAL);
    };
    outcome(ended, &output)
}

fn start(command: &str, folder: &Path, group: ProcessGroup) -> io::Result<Child> {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(folder);
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    #[cfg(unix)]
    if group == ProcessGroup::Own {
        std::os::unix::process::CommandExt::process_group(&mut shell, 0);
    }
    shell.spawn()
}

fn outcome(ended: Result<ExitStatus, KillReason>, output: &Output) -> Result<(), OnChangeError> {
    if ended.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    let output = output.end();
    Err(match ended {
        Ok(status) => OnChangeError::Failed(status, output),
        Err(KillReason::TimeLimit(limit)) => OnChangeError::Overdue(limit.as_secs(), output),
        Err(KillReason::Stop) => OnChangeError::Stopped(output),
    })
}

/// The output of a command.
struct Output {
    /// The last bytes of it.
    kept: Arc<Mutex<Vec<u8>>>,
    /// Disconnected when the last process has closed the pipe.
    closed: Receiver<()>,
}

impl Output {
    /// Returns the end of the output. Waits for the rest for a moment.
    fn end(&self) -> String {
        let _ = self.closed.recv_timeout(OUTPUT_TIMEOUT);
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&kept);
        if text.trim().is_empty() { "it said nothing on standard error".to_owned() } else { text.trim().to_owned() }
    }
}

/// Reads the command's output on a thread, which ends with the last process that holds the pipe. A background process that holds it would get
/// SIGPIPE if it was not read.
fn read_output(pipe: Option<impl Read + Send + 'static>) -> Output {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let (closing, closed) = mpsc::channel();
    let output = Output { kept: kept.clone(), closed };
    thread::spawn(move || {
        let _closing: mpsc::Sender<()> = closing;
        let mut buffer = [0; 1024];
        let Some(mut pipe) = pipe else { return };
        while let Ok(bytes @ 1..) = pipe.read(&mut buffer) {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend_from_slice(&buffer[..bytes]);
            let surplus = kept.len().saturating_sub(MAX_OUTPUT);
            kept.drain(..surplus);
        }
    });
    output
}

/// Asks the command to terminate, and kills it after a grace period. With a group of its own, the whole period passes, even if the shell has
/// ended: the shell ends at once, and the program that it has started needs the time. That program is no child of this process, so its end is
/// not seen.
#[cfg(unix)]
fn kill(child: &mut Child, group: ProcessGroup) -> io::Result<()> {
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};
    let Some(pid) = Pid::from_raw(child.id().cast_signed()) else { return Ok(()) };
    // The process may have ended already.
    let send = |signal| match group {
        ProcessGroup::Own => drop(kill_process_group(pid, signal)),
        ProcessGroup::Caller => drop(kill_process(pid, signal)),
    };
    send(Signal::TERM);
    let asked = Instant::now();
    // The process is not reaped yet: until then its id cannot be reused for another group.
    let has_ended = || waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT);
    let is_over = || group == ProcessGroup::Caller && !matches!(has_ended(), Ok(None));
    while asked.elapsed() < KILL_DELAY && !is_over() {
        thread::sleep(POLL_INTERVAL);
    }
    send(Signal::KILL);
    child.wait().map(drop)
}

#[cfg(not(unix))]
fn kill(child: &mut Child, _: ProcessGroup) -> io::Result<()> {
    child.kill()?;
    child.wait().map(drop)
}
