//! Measures full rebuilds of the published tree, and unpacking the same tree from an archive.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use xtask::commands::output_of;

use crate::context::{Bench, progress, sync};
use crate::process::timed;
use crate::site::Site;
use crate::usage::kilobytes;

/// The results, in seconds of elapsed time.
pub(crate) struct Rebuilt {
    /// `ardoise generate --full` into an empty folder, without and with flushing everything to disk.
    pub(crate) generate: f64,
    pub(crate) generate_synced: f64,
    /// `tar x` of the same tree, without and with flushing everything to disk.
    pub(crate) unpack: f64,
    pub(crate) unpack_synced: f64,
    /// The maximum resident memory of the generator.
    pub(crate) max_bytes: u64,
    /// The contents of the tree.
    pub(crate) files: u64,
    pub(crate) bytes: u64,
}

/// Durations without and with flushing to disk.
struct Timed {
    alone: Duration,
    synced: Duration,
}

/// Runs `generate --full` and `tar x` in turn, and returns the mean times. The last tree is left in place.
pub(crate) fn measure(bench: &Bench, site: &Site<'_>, turns: u32) -> anyhow::Result<Rebuilt> {
    let (published, archive, unpacked) = (site.published(), site.folder.join("tree.tar"), site.folder.join("unpacked"));
    let log = bench.folder.join("rebuild.log");
    let most = AtomicU64::new(0);
    let mut rebuilt = Rebuilt { generate: 0.0, generate_synced: 0.0, unpack: 0.0, unpack_synced: 0.0, max_bytes: 0, files: 0, bytes: 0 };
    for turn in 1..=turns {
        progress(&format!("full rebuild and tar x, round {turn} of {turns}"));
        remove(&published)?;
        let look = |pid| {
            most.fetch_max(kilobytes(pid, "status", "VmHWM:").unwrap_or_default(), Ordering::Relaxed);
        };
        let taken = time_with_sync(&site.ardoise(&["generate", "--full"]), &site.folder, &log, look)?;
        rebuilt.generate += taken.alone.as_secs_f64() / f64::from(turns);
        rebuilt.generate_synced += taken.synced.as_secs_f64() / f64::from(turns);

        if turn == 1 {
            (rebuilt.files, rebuilt.bytes) = size(&published)?;
            output_of(Command::new("tar").arg("-cf").arg(&archive).arg("-C").arg(&published).arg("."))?;
        }
        std::fs::create_dir(&unpacked)?;
        let mut tar = Command::new("tar");
        let taken = time_with_sync(tar.arg("-xf").arg(&archive).arg("-C").arg(&unpacked), &site.folder, &log, |_| {})?;
        rebuilt.unpack += taken.alone.as_secs_f64() / f64::from(turns);
        rebuilt.unpack_synced += taken.synced.as_secs_f64() / f64::from(turns);
        ensure!(size(&unpacked)? == (rebuilt.files, rebuilt.bytes), "the unpacked tree differs from the generated one");
        remove(&unpacked)?;
    }
    std::fs::remove_file(archive)?;
    rebuilt.max_bytes = most.into_inner() * 1024;
    ensure!(rebuilt.max_bytes > 0, "the generator ended before its memory could be measured");
    Ok(rebuilt)
}

/// Runs a command. Flushes the disk before it, so that older writes are not measured, and after it.
fn time_with_sync(command: &Command, folder: &Path, log: &Path, look: impl Fn(u32) + Sync) -> anyhow::Result<Timed> {
    sync(folder)?;
    let begun = Instant::now();
    let alone = timed(command, log, look)?;
    sync(folder)?;
    Ok(Timed { alone, synced: begun.elapsed() })
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Returns the number of files and their total size.
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
