use std::io;
use std::path::{Path, PathBuf};

use crate::disk;

/// What became of a file that was to be put in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// Where it lies.
    pub file: PathBuf,
    /// False: there was one already, and it was left as it is.
    pub written: bool,
}

/// Writes files below `folder`. One that exists is never overwritten, whatever it holds.
pub fn install<'a>(folder: &Path, files: impl IntoIterator<Item = (PathBuf, &'a [u8])>) -> io::Result<Vec<Installed>> {
    let put = |(file, bytes): (PathBuf, &[u8])| {
        let file = folder.join(file);
        disk::create(&file, bytes).map(|written| Installed { file, written })
    };
    files.into_iter().map(put).collect()
}

/// Empties `folder` and writes files below it: for folders that hold nothing but copies.
pub fn install_anew<'a>(folder: &Path, files: impl IntoIterator<Item = (PathBuf, &'a [u8])>) -> io::Result<()> {
    disk::empty(folder)?;
    install(folder, files).map(drop)
}
