//! Namespaces of mounts and processes for a run.
//!
//! A small disk and a read-only folder need mounts. In a mount namespace they disappear with the last process, and in a PID namespace no
//! process outlives the run, however it ends.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;
use xtask::commands::{output_of, target_folder};

/// Set in the process inside the namespace. The value says whether it may mount.
pub(crate) const INSIDE_VARIABLE: &str = "ARDOISE_TORTURE_INSIDE";

/// How long making a folder read-only is tried while other processes write to it. Each try needs a moment at which no file is open for
/// writing.
const READ_ONLY_TIMEOUT: Duration = Duration::from_secs(30);

/// The init process of the PID namespace: it adopts orphans, and all other processes end with it. After an interrupt it gives the cleanup
/// processes some time.
const INIT_SCRIPT: &str = r#"
"$@"
status=$?
tries=0
while set -- /proc/[0-9]*; [ $# -gt 1 ] && [ "$tries" -lt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
exit "$status"
"#;

/// A copy of this executable under a name that no build replaces. Dropping it removes the file.
pub(crate) struct ExecutableCopy(PathBuf);

impl ExecutableCopy {
    pub(crate) fn make() -> anyhow::Result<Self> {
        let folder = target_folder().join("torture");
        std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let copy = std::path::absolute(folder.join(format!("program-{}", std::process::id())))?;
        std::fs::copy("/proc/self/exe", &copy).with_context(|| copy.display().to_string())?;
        Ok(Self(copy))
    }

    pub(crate) fn program(&self) -> &Path {
        &self.0
    }
}

impl Drop for ExecutableCopy {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Returns a command that runs this executable with the same arguments inside a namespace, where that is possible.
///
/// `as_any_root`: also as a user that is mapped to root in a user namespace.
pub(crate) fn rerun_command(program: &Path, as_any_root: bool) -> Command {
    let mut command = if let Some(mut unshare) = unshare(as_any_root) {
        unshare.args(["sh", "-c", INIT_SCRIPT, "sh"]).arg(program).env(INSIDE_VARIABLE, "mounts");
        unshare
    } else {
        let mut bare = Command::new(program);
        bare.env(INSIDE_VARIABLE, "bare");
        bare
    };
    command.args(std::env::args_os().skip(1));
    command
}

/// Returns `None` where namespaces are not allowed.
fn unshare(as_any_root: bool) -> Option<Command> {
    let ours = ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"];
    let users: [&[&str]; 2] = [&[], &["--user", "--map-root-user"]];
    users.into_iter().take(if as_any_root { 2 } else { 1 }).find_map(|user| {
        let command = || {
            let mut unshare = Command::new("unshare");
            unshare.args(user).args(ours);
            unshare
        };
        let may_mount = output_of(command().args(["sh", "-c", "mount -t tmpfs -o size=1m ardoise /mnt"]));
        may_mount.is_ok().then(command)
    })
}

/// Returns `None` in the outer process.
pub(crate) fn may_mount() -> Option<bool> {
    std::env::var(INSIDE_VARIABLE).ok().map(|inside| inside == "mounts")
}

/// Mounts a disk in memory of the given size, in megabytes.
pub(crate) fn mount_small_disk(folder: &Path, megabytes: u64) -> anyhow::Result<()> {
    let size = format!("size={megabytes}m,mode=755");
    output_of(Command::new("mount").args(["-t", "tmpfs", "-o", &size, "ardoise"]).arg(folder)).map(drop)
}

pub(crate) fn mount_read_only(folder: &Path) -> anyhow::Result<()> {
    output_of(Command::new("mount").arg("--bind").arg(folder).arg(folder))?;
    let begun = Instant::now();
    while begun.elapsed() < READ_ONLY_TIMEOUT {
        // Remounting fails as long as a file is open for writing.
        if output_of(Command::new("mount").args(["-o", "remount,bind,ro"]).arg(folder)).is_ok() {
            return Ok(());
        }
    }
    unmount(folder)?;
    anyhow::bail!("{} cannot be mounted read-only: other processes write to it all the time", folder.display())
}

/// Unmounts lazily: a process may have a file of it open.
pub(crate) fn unmount(folder: &Path) -> anyhow::Result<()> {
    output_of(Command::new("umount").arg("--lazy").arg(folder)).map(drop)
}
