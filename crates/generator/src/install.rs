use std::io;
use std::path::{Path, PathBuf};

use crate::disk::{self, FileAccess};

/// The result of installing one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The file's path.
    pub file: PathBuf,
    /// False if the file existed. It was left unchanged.
    pub written: bool,
}

/// Writes files below `folder`. Never overwrites an existing file.
pub fn install<'a>(folder: &Path, files: impl IntoIterator<Item = (PathBuf, &'a [u8])>) -> io::Result<Vec<Installed>> {
    files.into_iter().map(|(file, bytes)| put(folder.join(file), bytes, FileAccess::All)).collect()
}

/// Creates an empty folder. Returns false if it exists; it is then left unchanged.
pub fn install_folder(folder: &Path) -> io::Result<bool> {
    disk::create_folder(folder)
}

/// Writes a file below `folder` that may hold secrets. Only its owner and group may read it. Never overwrites an existing file.
pub fn install_private(folder: &Path, file: &Path, bytes: &[u8]) -> io::Result<Installed> {
    put(folder.join(file), bytes, FileAccess::Group)
}

fn put(file: PathBuf, bytes: &[u8], access: FileAccess) -> io::Result<Installed> {
    disk::create_file(&file, bytes, access).map(|written| Installed { file, written })
}

/// The file that marks a folder of copies made by [`install_anew`]. Only such folders are emptied.
const COPIES: &str = ".ardoise-copies";
const COPIES_TEXT: &str = "Ardoise made this folder, and replaces everything in it each time it starts.\n";

/// Replaces the content of `folder` with `files`. For folders that contain nothing but copies.
///
/// # Errors
///
/// Fails, and changes nothing, if the folder contains files and was not created by this function.
pub fn install_anew<'a>(folder: &Path, files: impl IntoIterator<Item = (PathBuf, &'a [u8])>) -> io::Result<()> {
    if disk::is_empty(folder)? || folder.join(COPIES).is_file() {
        disk::recreate_folder(folder)?;
        // Written first, so that a start that is killed half-way can be repeated.
        disk::create_file(&folder.join(COPIES), COPIES_TEXT.as_bytes(), FileAccess::All)?;
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
