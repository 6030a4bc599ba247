//! A full rebuild of the published tree, beside unpacking the same tree.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::bench::running::timed;
use crate::bench::site::Site;
use crate::bench::usage::kilobytes;
use crate::bench::{Bench, say, sync};
use crate::programs::quietly;

/// Seconds, as they pass on the wall.
pub(crate) struct Rebuilt {
    /// `ardoise generate --full` into an empty folder, and until the disk has it all.
    pub(crate) generate: f64,
    pub(crate) generate_synced: f64,
    /// `tar x` of the same tree beside it, and until the disk has it all.
    pub(crate) unpack: f64,
    pub(crate) unpack_synced: f64,
    /// The most that the generator had resident.
    pub(crate) most_bytes: u64,
    /// What the tree holds.
    pub(crate) files: u64,
    pub(crate) bytes: u64,
}

/// How long it took, and until the disk had it.
struct Taken {
    alone: Duration,
    synced: Duration,
}

/// In turns, so many of each; the means. The tree of the last is left there.
pub(crate) fn measure(bench: &Bench, site: &Site<'_>, turns: u32) -> anyhow::Result<Rebuilt> {
    let (published, archive, unpacked) = (site.published(), site.folder.join("tree.tar"), site.folder.join("unpacked"));
    let log = bench.folder.join("rebuild.log");
    let most = AtomicU64::new(0);
    let mut rebuilt = Rebuilt { generate: 0.0, generate_synced: 0.0, unpack: 0.0, unpack_synced: 0.0, most_bytes: 0, files: 0, bytes: 0 };
    for turn in 1..=turns {
        say(&format!("full rebuild and tar x, turn {turn} of {turns}"));
        remove(&published)?;
        let look = |pid| {
            most.fetch_max(kilobytes(pid, "status", "VmHWM:").unwrap_or_default(), Ordering::Relaxed);
        };
        let taken = take(&site.ardoise(&["generate", "--full"]), &site.folder, &log, look)?;
        rebuilt.generate += taken.alone.as_secs_f64() / f64::from(turns);
        rebuilt.generate_synced += taken.synced.as_secs_f64() / f64::from(turns);

        if turn == 1 {
            (rebuilt.files, rebuilt.bytes) = size(&published)?;
            quietly(Command::new("tar").arg("-cf").arg(&archive).arg("-C").arg(&published).arg("."))?;
        }
        std::fs::create_dir(&unpacked)?;
        let mut tar = Command::new("tar");
        let taken = take(tar.arg("-xf").arg(&archive).arg("-C").arg(&unpacked), &site.folder, &log, |_| {})?;
        rebuilt.unpack += taken.alone.as_secs_f64() / f64::from(turns);
        rebuilt.unpack_synced += taken.synced.as_secs_f64() / f64::from(turns);
        ensure!(size(&unpacked)? == (rebuilt.files, rebuilt.bytes), "what was unpacked is not what was generated");
        remove(&unpacked)?;
    }
    std::fs::remove_file(archive)?;
    rebuilt.most_bytes = most.into_inner() * 1024;
    ensure!(rebuilt.most_bytes > 0, "the generator ended before its memory could be looked at");
    Ok(rebuilt)
}

fn take(command: &Command, folder: &Path, log: &Path, look: impl Fn(u32) + Sync) -> anyhow::Result<Taken> {
    sync(folder)?;
    let begun = Instant::now();
    let alone = timed(command, log, look)?;
    sync(folder)?;
    Ok(Taken { alone, synced: begun.elapsed() })
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Files, and bytes in them.
fn size(folder: &Path) -> anyhow::Result<(u64, u64)> {
    let (mut files, mut bytes) = (0, 0);
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry?;
        if entry.file_type().is_file() {
            files += 1;
            bytes += entry.metadata()?.len();
        }
    }
    Ok((files, bytes))
}
