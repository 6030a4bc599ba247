use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::Context;

/// Waits at the other end of a pipe until we are gone, by whatever way: then it ends each process whose folder the cluster is, and
/// removes the folder.
const SCRIPT: &str = r#"
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

/// A shell that cleans up after us, even when we were killed and could not.
pub(super) struct Caretaker {
    shell: Child,
}

impl Caretaker {
    pub(super) fn of(folder: &Path) -> anyhow::Result<Self> {
        let mut shell = Command::new("sh");
        shell.args(["-c", SCRIPT, "caretaker"]).arg(folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let shell = shell.current_dir("/").process_group(0).spawn().context("sh could not be started")?;
        Ok(Self { shell })
    }

    /// Has it clean up now.
    pub(super) fn dismiss(&mut self) {
        drop(self.shell.stdin.take());
        if let Err(error) = self.shell.wait() {
            eprintln!("xtask: nobody cleaned up after PostgreSQL: {error}");
        }
    }
}
