use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use fs_err as fs;

/// A folder, held by a lock on a file in it.
pub(crate) struct Lock {
    file: fs::File,
    path: PathBuf,
}

impl Lock {
    /// Opens the file `name` in `folder`. Makes both where they are not there.
    pub(crate) fn open(folder: &Path, name: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join(name);
        if path.is_symlink() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{} is a link; remove it", path.display())));
        }
        let file = fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
        Ok(Self { file, path })
    }

    /// Takes the lock; false: another process has it.
    pub(crate) fn try_take(&self) -> io::Result<bool> {
        match self.file.file().try_lock() {
            Ok(()) => Ok(true),
            Err(std::fs::TryLockError::WouldBlock) => Ok(false),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }

    /// Waits for the lock.
    pub(crate) fn take(&self) -> io::Result<()> {
        self.file.file().lock()
    }

    /// The file that is locked. When it is gone, another generator may be at work in a folder of this name.
    pub(crate) fn presence(&self) -> Presence {
        Presence { file: self.path.clone(), identity: self.identity() }
    }

    pub(crate) fn identity(&self) -> Identity {
        Identity::of_open(&self.file)
    }

    /// What the file says.
    pub(crate) fn read(&mut self) -> io::Result<String> {
        let mut text = String::new();
        self.file.rewind()?;
        match self.file.read_to_string(&mut text) {
            // Somebody's scribble: as good as nothing.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok("?".to_owned()),
            other => other.map(|_| text),
        }
    }

    /// Makes the file say this, on disk.
    pub(crate) fn write(&mut self, text: &str) -> io::Result<()> {
        self.file.rewind()?;
        self.file.write_all(text.as_bytes())?;
        self.file.set_len(text.len() as u64)?;
        self.file.sync_all()
    }
}

/// A file as it was; to be asked whether it still is.
#[derive(Debug, Clone)]
pub(crate) struct Presence {
    file: PathBuf,
    identity: Identity,
}

impl Presence {
    /// Not so when somebody removed or moved the file, or a folder above it.
    pub(crate) fn lasts(&self) -> bool {
        Identity::of(&self.file) == Some(self.identity)
    }
}

/// Which file it is, whatever its name: a file that is made anew is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity(u64, u64);

#[cfg(unix)]
impl Identity {
    /// None: there is no such file.
    pub(crate) fn of(file: &Path) -> Option<Self> {
        file.symlink_metadata().ok().map(|metadata| Self::from(&metadata))
    }

    fn of_open(file: &fs::File) -> Self {
        file.metadata().map_or(Self(0, 0), |metadata| Self::from(&metadata))
    }

    fn from(metadata: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(metadata.dev(), metadata.ino())
    }
}

#[cfg(not(unix))]
impl Identity {
    pub(crate) fn of(file: &Path) -> Option<Self> {
        file.exists().then_some(Self(0, 0))
    }

    fn of_open(_: &fs::File) -> Self {
        Self(0, 0)
    }
}
