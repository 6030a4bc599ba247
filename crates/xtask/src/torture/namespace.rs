//! A world of our own: mounts that nobody else sees, processes that end with us.
//!
//! A small disk and a read-only folder need mounts. In a namespace of mounts they are gone with the last of our processes,
//! and in one of processes nothing of ours outlives us, however we end.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::programs::{quietly, target_folder};

/// Set in the process that runs inside; says whether it may mount.
pub(crate) const INSIDE: &str = "ARDOISE_TORTURE_INSIDE";

/// For so long a folder is tried to be made read-only while others write to it; each try needs a moment between two files.
const BUSY: Duration = Duration::from_secs(30);

/// The first process in there takes in those whose parents have gone, and with its end all others end. When the torture was
/// interrupted, it leaves those that clean up some time.
const FIRST: &str = r#"
"$@"
status=$?
tries=0
while set -- /proc/[0-9]*; [ $# -gt 1 ] && [ "$tries" -lt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
exit "$status"
"#;

/// This very program, under a name that nobody else replaces. It goes with this value.
pub(crate) struct Copy(PathBuf);

impl Copy {
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

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A command that runs this very program with its own arguments again, inside, where that is possible.
///
/// `as_any_root`: also as a user who is root in there alone.
pub(crate) fn again(program: &Path, as_any_root: bool) -> Command {
    let mut command = if let Some(mut unshare) = unshare(as_any_root) {
        unshare.args(["sh", "-c", FIRST, "sh"]).arg(program).env(INSIDE, "mounts");
        unshare
    } else {
        let mut bare = Command::new(program);
        bare.env(INSIDE, "bare");
        bare
    };
    command.args(std::env::args_os().skip(1));
    command
}

/// None where nothing of the kind is allowed.
fn unshare(as_any_root: bool) -> Option<Command> {
    let ours = ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"];
    let users: [&[&str]; 2] = [&[], &["--user", "--map-root-user"]];
    users.into_iter().take(if as_any_root { 2 } else { 1 }).find_map(|user| {
        let command = || {
            let mut unshare = Command::new("unshare");
            unshare.args(user).args(ours);
            unshare
        };
        let may_mount = quietly(command().args(["sh", "-c", "mount -t tmpfs -o size=1m ardoise /mnt"]));
        may_mount.is_ok().then(command)
    })
}

/// None: outside.
pub(crate) fn may_mount() -> Option<bool> {
    std::env::var(INSIDE).ok().map(|inside| inside == "mounts")
}

/// A disk of its own, in memory, of so many megabytes.
pub(crate) fn mount_small_disk(folder: &Path, megabytes: u64) -> anyhow::Result<()> {
    let size = format!("size={megabytes}m,mode=755");
    quietly(Command::new("mount").args(["-t", "tmpfs", "-o", &size, "ardoise"]).arg(folder)).map(drop)
}

pub(crate) fn mount_read_only(folder: &Path) -> anyhow::Result<()> {
    quietly(Command::new("mount").arg("--bind").arg(folder).arg(folder))?;
    let begun = Instant::now();
    while begun.elapsed() < BUSY {
        // Busy as long as a file is open for writing that was opened after the line above.
        if quietly(Command::new("mount").args(["-o", "remount,bind,ro"]).arg(folder)).is_ok() {
            return Ok(());
        }
    }
    unmount(folder)?;
    anyhow::bail!("{} cannot be mounted read-only: it is written to all the time", folder.display())
}

/// Lazily: a process may hold a file of it open.
pub(crate) fn unmount(folder: &Path) -> anyhow::Result<()> {
    quietly(Command::new("umount").arg("--lazy").arg(folder)).map(drop)
}
