//! One run of the owner's command.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
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
    /// The caller's process group: the command may read from its terminal, and Ctrl-C ends it too.
    Caller,
}

/// Runs `command` with `lines` on its standard input. Kills it as soon as `overdue`, called with the elapsed time, returns true.
pub(super) fn run(
    command: &str,
    folder: &Path,
    lines: String,
    group: ProcessGroup,
    overdue: &dyn Fn(Duration) -> bool,
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
            break Some(status);
        }
        if overdue(begun.elapsed()) {
            kill(&mut child, group)?;
            break None;
        }
        thread::sleep(POLL_INTERVAL);
    };
    outcome(ended, begun.elapsed(), &output)
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

fn outcome(ended: Option<ExitStatus>, took: Duration, output: &Receiver<String>) -> Result<(), OnChangeError> {
    if ended.is_some_and(|status| status.success()) {
        return Ok(());
    }
    // The newest text received within the time. The thread sends the whole text each time it grows.
    let mut last = String::new();
    let begun = Instant::now();
    while let Ok(more) = output.recv_timeout(OUTPUT_TIMEOUT.saturating_sub(begun.elapsed())) {
        last = more;
    }
    let last = last.trim();
    let output = if last.is_empty() { "it said nothing on standard error".to_owned() } else { last.to_owned() };
    Err(match ended {
        Some(status) => OnChangeError::Failed(status, output),
        None => OnChangeError::Overdue(took.as_secs(), output),
    })
}

/// Reads the command's output on a thread, which ends with the last process that holds the pipe. Each message is the end of all output so
/// far.
fn read_output(pipe: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, output) = mpsc::channel();
    thread::spawn(move || {
        let (mut kept, mut buffer) = (Vec::new(), [0; 1024]);
        let Some(mut pipe) = pipe else { return };
        while let Ok(bytes @ 1..) = pipe.read(&mut buffer) {
            kept.extend_from_slice(&buffer[..bytes]);
            kept.drain(..kept.len().saturating_sub(MAX_OUTPUT));
            // The receiver may be gone. Reading continues nevertheless, because a background process would get SIGPIPE otherwise.
            let _ = sender.send(String::from_utf8_lossy(&kept).into_owned());
        }
    });
    output
}

/// Asks the command to terminate, and kills it after a grace period.
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
    while asked.elapsed() < KILL_DELAY && matches!(has_ended(), Ok(None)) {
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
