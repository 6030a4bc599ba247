use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::TEMPORARY;

/// A block that is written to find out whether a disk is full. A comment and its files need about as much.
static TRIAL: [u8; 64 * 1024] = [0; 64 * 1024];

/// Checks that files can be created and filled in `folder` or, if it is missing, in the nearest existing folder above it. The error names
/// the folder. On a full disk, its kind is [`io::ErrorKind::StorageFull`] or [`io::ErrorKind::QuotaExceeded`].
pub fn writable(folder: &Path) -> io::Result<()> {
    let there = nearest(folder);
    let trial = tempfile::Builder::new().prefix(TEMPORARY).suffix(".tmp").tempfile_in(&there);
    let written = trial.and_then(|mut file| file.write_all(&TRIAL).and_then(|()| file.as_file().sync_data()));
    written.map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::StorageFull => "its disk is full, of bytes or of files (see df, df -i); free some space there".to_owned(),
            io::ErrorKind::QuotaExceeded => "the quota there is used up; free some space, or have it raised".to_owned(),
            _ => ardoise_store::PermissionProblem::find(&there, ardoise_store::FileUse::Fill)
                .map_or_else(|| error.to_string(), |obstacle| obstacle.to_string()),
        };
        io::Error::new(error.kind(), format!("{} cannot be written to: {why}", there.display()))
    })
}

/// Returns the free space for `folder`, or for the nearest existing folder above it, in bytes. `None` if the system does not report it.
pub fn room(folder: &Path) -> Option<u64> {
    free(&nearest(folder))
}

fn nearest(folder: &Path) -> PathBuf {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    absolute.ancestors().find(|folder| folder.exists()).unwrap_or(folder).to_owned()
}

#[cfg(target_os = "linux")]
fn free(folder: &Path) -> Option<u64> {
    let said = rustix::fs::statvfs(folder).ok()?;
    Some(said.f_bavail.saturating_mul(said.f_frsize))
}

#[cfg(not(target_os = "linux"))]
fn free(_: &Path) -> Option<u64> {
    None
}
