use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::TEMPORARY_PREFIX;

/// A block that is written to find out whether a disk is full. A comment and its files need about as much.
static TEST_BLOCK: [u8; 64 * 1024] = [0; 64 * 1024];

/// Checks that files can be created and filled in `folder` or, if it is missing, in the nearest existing folder above it. The error names
/// the folder. On a full disk, its kind is [`io::ErrorKind::StorageFull`] or [`io::ErrorKind::QuotaExceeded`].
pub fn check_writable(folder: &Path) -> io::Result<()> {
    let existing = nearest_existing(folder);
    let test_file = tempfile::Builder::new().prefix(TEMPORARY_PREFIX).suffix(".tmp").tempfile_in(&existing);
    let written = test_file.and_then(|mut file| file.write_all(&TEST_BLOCK).and_then(|()| file.as_file().sync_data()));
    written.map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::StorageFull => "its disk is full, of bytes or of files (see df, df -i); free some space existing".to_owned(),
            io::ErrorKind::QuotaExceeded => "the quota existing is used up; free some space, or have it raised".to_owned(),
            _ => ardoise_store::PermissionProblem::find(&existing, ardoise_store::FileUse::CreateFilesIn)
                .map_or_else(|| error.to_string(), |obstacle| obstacle.to_string()),
        };
        io::Error::new(error.kind(), format!("{} cannot be written to: {why}", existing.display()))
    })
}

/// Returns the free space for `folder`, or for the nearest existing folder above it, in bytes. `None` if the system does not report it.
pub fn free_space(folder: &Path) -> Option<u64> {
    available_bytes(&nearest_existing(folder))
}

fn nearest_existing(folder: &Path) -> PathBuf {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    absolute.ancestors().find(|folder| folder.exists()).unwrap_or(folder).to_owned()
}

#[cfg(target_os = "linux")]
fn available_bytes(folder: &Path) -> Option<u64> {
    let stats = rustix::fs::statvfs(folder).ok()?;
    Some(stats.f_bavail.saturating_mul(stats.f_frsize))
}

#[cfg(not(target_os = "linux"))]
fn available_bytes(_: &Path) -> Option<u64> {
    None
}
