use std::io;
use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::disk;

/// A short text in a file, which tells other processes of this one for as long as it runs. It goes when this is dropped; a process that is
/// killed leaves it, so whoever reads it asks whether it is still true.
#[derive(Debug)]
pub struct StatusFile(PathBuf);

impl StatusFile {
    /// Writes `text` to `file`, whatever was there.
    pub fn leave(file: &Path, text: &str) -> io::Result<Self> {
        disk::replace(file, text.as_bytes())?;
        Ok(Self(file.to_owned()))
    }

    /// What somebody has left there.
    pub fn read(file: &Path) -> Option<String> {
        fs::read_to_string(file).ok()
    }
}

impl Drop for StatusFile {
    fn drop(&mut self) {
        // What stays is taken for what a killed process leaves.
        let _ = disk::remove(&self.0, self.0.parent().unwrap_or(Path::new("")));
    }
}
