//! Users, groups and access checks on Unix.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{Access, AtFlags, CWD};
use rustix::io::Errno;

pub(super) type AccessMode = Access;
pub(super) const ENTER: AccessMode = Access::EXEC_OK;
pub(super) const READ: AccessMode = Access::READ_OK;
pub(super) const LIST: AccessMode = Access::READ_OK.union(Access::EXEC_OK);
pub(super) const WRITE: AccessMode = Access::READ_OK.union(Access::WRITE_OK);
pub(super) const FILL: AccessMode = Access::READ_OK.union(Access::WRITE_OK).union(Access::EXEC_OK);

pub(super) fn current_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

pub(super) fn current_group() -> u32 {
    rustix::process::getegid().as_raw()
}

pub(super) fn owner(metadata: &Metadata) -> u32 {
    metadata.uid()
}

pub(super) fn mode(metadata: &Metadata) -> u32 {
    metadata.mode() & 0o7777
}

/// Changes the owner of a file to that of `folder`, unless that is root.
pub(super) fn give_to_owner_of(folder: &Metadata, file: &std::fs::File) -> std::io::Result<()> {
    if folder.uid() == 0 {
        return Ok(());
    }
    let (user, group) = (rustix::fs::Uid::from_raw(folder.uid()), rustix::fs::Gid::from_raw(folder.gid()));
    Ok(rustix::fs::fchown(file, Some(user), Some(group))?)
}

/// Why access is denied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Denial {
    /// The file system is mounted read-only.
    ReadOnlyFileSystem,
    /// The file's mode or owner.
    Mode,
}

/// Returns why this process is denied access to `path`; `None` if access is allowed or cannot be checked.
pub(super) fn denial(path: &Path, access: AccessMode) -> Option<Denial> {
    match rustix::fs::accessat(CWD, path, access, AtFlags::EACCESS) {
        Err(Errno::ROFS) => Some(Denial::ReadOnlyFileSystem),
        Err(Errno::ACCESS | Errno::PERM) => Some(Denial::Mode),
        _ => None,
    }
}
