use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use fs_err as fs;

/// A lock on a folder, and a file in it that records how far the folder was built.
///
/// The folder itself is locked, not the file: `rm -r` removes the file before the folder, and a process that created the file anew in
/// between would hold another lock in the same folder.
///
/// The system's locks are not fair: a process that releases a lock and requests it again at once gets it before waiting processes. The lock
/// on the file is therefore a queue of one: the process that waits for the folder holds it, and [`Lock::try_take_yielding`] fails
/// meanwhile. Only the folder's lock decides which process works.
pub(crate) struct Lock {
    held: File,
    /// False if folders cannot be locked here. Then the file is locked instead and cannot be the queue.
    has_queue: bool,
    file: fs::File,
    path: PathBuf,
    folder: PathBuf,
}

impl Lock {
    /// Opens the file `name` in `folder`. Creates both if they are missing.
    pub(crate) fn open(folder: &Path, name: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join(name);
        if path.is_symlink() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{} is a link; remove it", path.display())));
        }
        let file = fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
        ardoise_store::give_to_owner_of(folder, file.file())?;
        let (held, has_queue) = match lockable(folder)? {
            Some(open) => (open, true),
            None => (file.file().try_clone()?, false),
        };
        Ok(Self { held, has_queue, file, path, folder: folder.to_owned() })
    }

    /// Tries to take the lock. Returns false if another process has it.
    pub(crate) fn try_take(&self) -> io::Result<bool> {
        try_lock(&self.held)
    }

    /// Tries to take the lock. Returns false if another process has it or waits for it.
    pub(crate) fn try_take_yielding(&self) -> io::Result<bool> {
        if !self.has_queue {
            return self.try_take();
        }
        Ok(try_lock(self.file.file())? && {
            let taken = self.try_take();
            self.file.file().unlock()?;
            taken?
        })
    }

    /// Waits for the lock.
    pub(crate) fn take(&self) -> io::Result<()> {
        if !self.has_queue {
            return self.held.lock();
        }
        self.file.file().lock()?;
        self.held.lock()?;
        self.file.file().unlock()
    }

    /// Returns a description of the locked folder and its file. Once one of them is gone, another generator may work in a folder of the
    /// same name.
    pub(crate) fn locked_paths(&self) -> LockedPaths {
        let held = self.held.metadata().map_or(FileIdentity::NONE, |metadata| FileIdentity::from(&metadata));
        LockedPaths { file: self.path.clone(), identity: self.identity(), folder: self.folder.clone(), held }
    }

    fn identity(&self) -> FileIdentity {
        FileIdentity::of_open(&self.file)
    }

    /// Returns the file's [`fingerprint`].
    pub(crate) fn fingerprint(&self) -> String {
        self.file.metadata().map(|metadata| fingerprint(&metadata)).unwrap_or_default()
    }

    /// Returns the file's text.
    pub(crate) fn read(&mut self) -> io::Result<String> {
        let mut text = String::new();
        self.file.rewind()?;
        match self.file.read_to_string(&mut text) {
            // Invalid UTF-8 counts as an unknown text.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok("?".to_owned()),
            other => other.map(|_| text),
        }
    }

    /// Replaces the file's text and flushes it to disk.
    pub(crate) fn write(&mut self, text: &str) -> io::Result<()> {
        self.file.rewind()?;
        self.file.write_all(text.as_bytes())?;
        self.file.set_len(text.len() as u64)?;
        self.file.sync_all()
    }
}

/// Returns false if another process has the lock.
fn try_lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Opens the folder for locking. Returns `None` on systems and network drives that cannot lock folders.
fn lockable(folder: &Path) -> io::Result<Option<File>> {
    match File::open(folder) {
        Ok(open) if !matches!(open.try_lock(), Err(TryLockError::Error(_))) => {
            open.unlock()?;
            Ok(Some(open))
        }
        _ => Ok(None),
    }
}

/// The identities of a folder and of a file in it, to check later whether both are still in place.
#[derive(Debug, Clone)]
pub(crate) struct LockedPaths {
    file: PathBuf,
    identity: FileIdentity,
    folder: PathBuf,
    /// The identity of what is locked.
    held: FileIdentity,
}

impl LockedPaths {
    /// Returns false once the file, the folder, or a folder above it was removed or moved.
    pub(crate) fn are_in_place(&self) -> bool {
        // The folder's path may be a symbolic link. The file's may not.
        let folder = || self.folder.metadata().is_ok_and(|metadata| FileIdentity::from(&metadata) == self.held);
        FileIdentity::of(&self.file) == Some(self.identity) && (self.held == self.identity || folder())
    }
}

/// A file's device and inode: a file that is created anew under the same name differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileIdentity(u64, u64);

impl FileIdentity {
    /// The identity of a missing file.
    const NONE: Self = Self(0, 0);
}

/// Returns a text that distinguishes a file from a copy of it: its inode and, if the system records it, its creation time. Both are needed:
/// inodes are reused, and two files may be created at the same time. Writing to the file and moving it change neither.
pub(crate) fn fingerprint(metadata: &std::fs::Metadata) -> String {
    let made = metadata.created().ok().and_then(|made| made.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    format!("{}-{}", FileIdentity::from(metadata).1, made.as_nanos())
}

#[cfg(unix)]
impl FileIdentity {
    /// Returns `None` if there is no such file.
    pub(crate) fn of(file: &Path) -> Option<Self> {
        file.symlink_metadata().ok().map(|metadata| Self::from(&metadata))
    }

    fn of_open(file: &fs::File) -> Self {
        file.metadata().map_or(Self::NONE, |metadata| Self::from(&metadata))
    }

    fn from(metadata: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(metadata.dev(), metadata.ino())
    }
}

#[cfg(not(unix))]
impl FileIdentity {
    pub(crate) fn of(file: &Path) -> Option<Self> {
        file.exists().then_some(Self::NONE)
    }

    fn of_open(_: &fs::File) -> Self {
        Self::NONE
    }

    fn from(_: &std::fs::Metadata) -> Self {
        Self::NONE
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_yielding_process_does_not_overtake_a_waiting_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let open = || Lock::open(folder.path(), "mark").expect("opened");
        let queue = File::open(open().path).expect("the file");
        for _ in 0..100 {
            let (held, next) = (open(), open());
            held.take().expect("taken");
            let (done, is_done) = mpsc::channel();
            let (open, queue) = (&open, &queue);
            std::thread::scope(move |scope| {
                scope.spawn(move || {
                    let waits = open();
                    waits.take().expect("taken");
                    is_done.recv().expect("told");
                });
                // The other thread waits by now.
                while queue.try_lock().is_ok() {
                    queue.unlock().expect("unlocked");
                    std::thread::yield_now();
                }
                drop(held);
                assert!(!next.try_take_yielding().expect("asked"));
                done.send(()).expect("it waits for this");
            });
        }
    }
}
