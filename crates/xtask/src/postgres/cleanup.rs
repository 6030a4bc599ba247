use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::Context;

/// Waits until the other end of a pipe closes, in whatever way this process ends. Then ends each process whose working folder is the
/// cluster, and removes the folder.
const CLEANUP_SCRIPT: &str = r#"
read -r _
each() {
    found=false
    for process in /proc/[0-9]*; do
        if [ "$(readlink "$process/cwd")" = "$1/data" ]; then
            found=true
            kill -s "$2" "${process#/proc/}"
        fi
    done
}
each "$1" CONT
each "$1" QUIT
tries=0
while $found && [ "$tries" -lt 50 ]; do
    sleep 0.1
    each "$1" 0
    tries=$((tries + 1))
done
each "$1" KILL
exec rm -rf "$1"
"#;

/// A shell that cleans up, even if this process is killed.
pub(super) struct Cleanup {
    shell: Child,
}

impl Cleanup {
    pub(super) fn of(folder: &Path) -> anyhow::Result<Self> {
        let mut shell = Command::new("sh");
        shell.args(["-c", CLEANUP_SCRIPT, "caretaker"]).arg(folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let shell = shell.current_dir("/").process_group(0).spawn().context("sh could not be started")?;
        Ok(Self { shell })
    }

    /// Starts the cleanup and waits for it.
    pub(super) fn run(&mut self) {
        drop(self.shell.stdin.take());
        if let Err(error) = self.shell.wait() {
            eprintln!("xtask: the cleanup of PostgreSQL's folder failed: {error}");
        }
    }
}
