use std::io;
use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::disk;

/// A short text in a file, through which other processes learn of this one. The file is removed on drop. A process that is killed leaves
/// it, so a reader must check whether it is still valid.
#[derive(Debug)]
pub struct StatusFile(PathBuf);

impl StatusFile {
    /// Writes `text` to `file`, replacing any existing file.
    pub fn write(file: &Path, text: &str) -> io::Result<Self> {
        disk::replace(file, text.as_bytes())?;
        Ok(Self(file.to_owned()))
    }

    /// Returns the text that some process has written to `file`.
    pub fn read(file: &Path) -> Option<String> {
        fs::read_to_string(file).ok()
    }
}

impl Drop for StatusFile {
    fn drop(&mut self) {
        // If removal fails, the file counts as that of a killed process.
        let _ = disk::remove(&self.0, self.0.parent().unwrap_or(Path::new("")));
    }
}
