use std::io;
use std::path::{Path, PathBuf};

use crate::disk::{self, Readers};

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
    files.into_iter().map(|(file, bytes)| put(folder.join(file), bytes, Readers::All)).collect()
}

/// Makes an empty folder; false where there is one already, which is left as it is.
pub fn install_folder(folder: &Path) -> io::Result<bool> {
    disk::make(folder)
}

/// Writes one file below `folder` that may hold secrets: its owner and its group may read it. One that exists is not overwritten.
pub fn install_private(folder: &Path, file: &Path, bytes: &[u8]) -> io::Result<Installed> {
    put(folder.join(file), bytes, Readers::Group)
}

fn put(file: PathBuf, bytes: &[u8], readers: Readers) -> io::Result<Installed> {
    disk::create(&file, bytes, readers).map(|written| Installed { file, written })
}

/// A folder with this file in it holds nothing but copies that [`install_anew`] made. No other folder is emptied.
const COPIES: &str = ".ardoise-copies";
const COPIES_TEXT: &str = "Ardoise made this folder, and replaces everything in it each time it starts.\n";

/// Replaces all that is in `folder` by `files`: for folders that hold nothing but copies.
///
/// # Errors
///
/// A folder that has files in it and was not made by this function is left as it is.
pub fn install_anew<'a>(folder: &Path, files: impl IntoIterator<Item = (PathBuf, &'a [u8])>) -> io::Result<()> {
    if disk::is_empty(folder)? || folder.join(COPIES).is_file() {
        disk::empty(folder)?;
        // First, so that a start that is killed half-way can be repeated.
        disk::create(&folder.join(COPIES), COPIES_TEXT.as_bytes(), Readers::All)?;
        return install(folder, files).map(drop);
    }
    let message = format!("{} has files in it that Ardoise did not put there; move that folder away", folder.display());
    Err(io::Error::new(io::ErrorKind::AlreadyExists, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_folder_of_copies_is_emptied() {
        let folder = tempfile::tempdir().expect("a folder");
        let (copies, theirs) = (folder.path().join("copies"), folder.path().join("theirs"));
        let files = || [(PathBuf::from("a.html"), &b"a"[..])];
        install_anew(&copies, files()).expect("made");
        std::fs::write(copies.join("old.html"), "left over from another version").expect("written");
        install_anew(&copies, files()).expect("made anew");
        assert!(copies.join("a.html").exists() && !copies.join("old.html").exists());
        std::fs::create_dir(&theirs).expect("made");
        std::fs::write(theirs.join("novel.txt"), "ten years of work").expect("written");
        let refused = install_anew(&theirs, files()).expect_err("somebody's files are in it").to_string();
        assert!(refused.contains("theirs has files in it that Ardoise did not put there"), "{refused}");
        assert!(theirs.join("novel.txt").exists() && !theirs.join("a.html").exists());
    }
}
