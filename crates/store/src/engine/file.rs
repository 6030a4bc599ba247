//! The file of a SQLite database, which other programs can remove or replace.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::engine::permissions;
use crate::error::StoreError;

/// The file that was opened. If it is removed or replaced, this process still has the old file open, and what it writes there is lost when
/// it ends.
#[derive(Clone)]
pub(crate) struct DatabaseFile {
    path: PathBuf,
    id: FileId,
}

impl DatabaseFile {
    pub(crate) fn new(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { id: file_id(path).map_err(|error| unavailable(path, &error))?, path: path.to_owned() })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Sets the file's modification time, which wakes those who watch it. Works by path: closing a file handle would release SQLite's locks
    /// on the file.
    #[cfg(unix)]
    pub(crate) fn touch(&self) {
        use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, UTIME_NOW, utimensat};
        let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
        // After a failure, the listeners' slow poll finds the change.
        let _ = utimensat(CWD, &self.path, &Timestamps { last_access: now, last_modification: now }, AtFlags::empty());
    }

    #[cfg(not(unix))]
    pub(crate) fn touch(&self) {}

    /// The URI that SQLite opens. It does not create a database if the file is gone.
    pub(crate) fn address(&self) -> String {
        let path = self.path.to_string_lossy().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        format!("file:{path}?mode=rw")
    }

    /// Locks the lease file beside the database. Returns `None` if another process has the lock, or if it cannot be taken. The database's
    /// own file is not used: closing it would release SQLite's locks on it.
    pub(crate) fn try_lock_lease_file(&self) -> Option<File> {
        let path = self.path_with_suffix("-lease");
        create_private(&path).ok()?;
        let file = File::open(path).ok()?;
        file.try_lock().is_ok().then_some(file)
    }

    /// Returns the path of a file beside the database. Links are followed, as SQLite does: all links to a database share one such file.
    pub(crate) fn path_with_suffix(&self, suffix: &str) -> PathBuf {
        let mut path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone()).into_os_string();
        path.push(suffix);
        path.into()
    }

    /// What distinguishes this file from every other, also from a backup that was restored to the same path.
    pub(crate) fn fingerprint(&self) -> String {
        fingerprint(&self.path)
    }

    /// Fails unless the file at the path is the one that was opened. Costs one `stat`.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match file_id(&self.path) {
            Ok(id) if id == self.id => Ok(()),
            Ok(_) => Err(StoreError::Unavailable(format!("{} was replaced while it was open; restart Ardoise", self.path.display()))),
            Err(error) => Err(unavailable(&self.path, &error)),
        }
    }
}

fn unavailable(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Unavailable(permissions::database_obstacle(path).unwrap_or_else(|| format!("{}: {error}", path.display())))
}

/// Creates an empty file that only its owner can read, if there is none. SQLite treats an empty file as a new database.
pub(crate) fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(created) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            permissions::give_to_owner_of(folder, &created).map_err(|error| unavailable(path, &error))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(unavailable(path, &error)),
    }
}

/// The inode and, where the file system stores it, the creation time, because inodes are reused. The device is left out: its number may be
/// different after a reboot.
#[cfg(unix)]
fn fingerprint(path: &Path) -> String {
    use std::os::unix::fs::MetadataExt;
    let Ok(metadata) = path.metadata() else { return String::new() };
    let created = metadata.created().ok().and_then(|created| created.duration_since(std::time::UNIX_EPOCH).ok());
    format!("{}-{}", metadata.ino(), created.map_or(0, |created| created.as_millis()))
}

#[cfg(not(unix))]
fn fingerprint(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The device and the inode.
#[cfg(unix)]
type FileId = (u64, u64);

#[cfg(unix)]
fn file_id(path: &Path) -> io::Result<FileId> {
    use std::os::unix::fs::MetadataExt;
    path.metadata().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
type FileId = ();

#[cfg(not(unix))]
fn file_id(path: &Path) -> io::Result<FileId> {
    path.metadata().map(drop)
}
