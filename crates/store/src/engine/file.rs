//! The database's file, as something that others can remove.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::StoreError;
use crate::engine::permissions;

/// The file that was opened. Whoever removes or replaces it leaves us with one that nobody else sees: what is written there is
/// lost with the process.
#[derive(Clone)]
pub(crate) struct DatabaseFile {
    path: PathBuf,
    id: FileId,
}

impl DatabaseFile {
    pub(crate) fn of(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { id: file_id(path).map_err(|error| unavailable(path, &error))?, path: path.to_owned() })
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes whoever watches the file look: sets its time. By its name, for to close a file takes away the locks that SQLite has on it.
    #[cfg(unix)]
    pub(crate) fn touch(&self) {
        use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, UTIME_NOW, utimensat};
        let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
        // Where it cannot be done, the slow poll finds the change.
        let _ = utimensat(CWD, &self.path, &Timestamps { last_access: now, last_modification: now }, AtFlags::empty());
    }

    #[cfg(not(unix))]
    pub(crate) fn touch(&self) {}

    /// For connections that must not make a new, empty database where the old one has gone.
    pub(crate) fn address(&self) -> String {
        let path = self.path.to_string_lossy().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        format!("file:{path}?mode=rw")
    }

    /// The lock of a file beside the database. None: another process has it, or it cannot be had. Not of the database's own file: to close
    /// that takes away the locks that SQLite has on it.
    pub(crate) fn lock_beside(&self) -> Option<File> {
        let path = self.beside("-lease");
        create_private(&path).ok()?;
        let file = File::open(path).ok()?;
        file.try_lock().is_ok().then_some(file)
    }

    /// Beside the file itself, as SQLite has its own: a link to the database must not have others.
    fn beside(&self, ending: &str) -> PathBuf {
        let mut path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone()).into_os_string();
        path.push(ending);
        path.into()
    }

    /// What another file does not have, also one that was restored to the same name.
    pub(crate) fn place(&self) -> String {
        place(&self.path)
    }

    /// Fails when the file is not the one that was opened. Costs a look at the folder.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match file_id(&self.path) {
            Ok(id) if id == self.id => Ok(()),
            Ok(_) => Err(StoreError::Unavailable(format!("{} was replaced while it was open; restart Ardoise", self.path.display()))),
            Err(error) => Err(unavailable(&self.path, &error)),
        }
    }
}

/// SQLite's log beside the database's file, as it was when it was looked at last. What is only in the log is missing from a copy of the
/// file, as `cp` makes it.
#[derive(Default)]
pub(crate) struct Log {
    path: PathBuf,
    seen: Option<(u64, SystemTime)>,
    copied: Option<(u64, SystemTime)>,
}

impl Log {
    pub(crate) fn of(database: &DatabaseFile) -> Self {
        Self { path: database.beside("-wal"), ..Self::default() }
    }

    /// Whether somebody has written to it, this process or another, and nobody since the last look: then it is time to copy it.
    pub(crate) fn is_to_be_copied(&mut self) -> bool {
        let now = self.path.metadata().and_then(|metadata| Ok((metadata.len(), metadata.modified()?))).ok();
        let now = now.filter(|(length, _)| *length > 0);
        let is_quiet = now.is_some() && self.seen == now;
        self.seen = now;
        if !is_quiet || self.copied == now {
            return false;
        }
        self.copied = now;
        true
    }
}

fn unavailable(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Unavailable(permissions::database_obstacle(path).unwrap_or_else(|| format!("{}: {error}", path.display())))
}

/// Makes an empty file that its owner alone can read, where there is none. SQLite takes it for a new database.
pub(crate) fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(made) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            permissions::give_to_owner_of(folder, &made).map_err(|error| unavailable(path, &error))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(unavailable(path, &error)),
    }
}

/// The inode and, where the file system keeps it, the moment when it was made: numbers of inodes are used again. The device is no part
/// of it, for it may be numbered otherwise after the next start of the machine.
#[cfg(unix)]
fn place(path: &Path) -> String {
    use std::os::unix::fs::MetadataExt;
    let Ok(metadata) = path.metadata() else { return String::new() };
    let made = metadata.created().ok().and_then(|made| made.duration_since(std::time::UNIX_EPOCH).ok());
    format!("{}-{}", metadata.ino(), made.map_or(0, |made| made.as_millis()))
}

#[cfg(not(unix))]
fn place(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

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
