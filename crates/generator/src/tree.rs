//! The published tree as a folder: which files differ, which are too many, and that one generator works at a time.

use std::collections::BTreeSet;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::{GeneratorError, compress, disk};

/// Says whose folder it is, and is what generators lock. It has [`COMPLETE`] in it once a full generation has ended.
const LOCK: &str = ".ardoise";
const OWNED: &str = "Ardoise owns this folder and removes JSON and XML files that do not belong to it.\n";
/// Raised when files change in a way that only a full generation brings to every one of them.
const COMPLETE: &str = "Tree 1, complete.\n";

/// The endings of files that the generator writes, and so may remove.
const ENDINGS: [&str; 2] = [".json", ".xml"];

/// A file that was not as the database says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Relative to the tree.
    pub file: String,
    /// In what it differs.
    pub kind: DifferenceKind,
}

/// In what a file differs from what the database says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DifferenceKind {
    /// It is not there.
    Missing,
    /// It has other bytes.
    Different,
    /// It should not be there.
    Surplus,
}

impl DifferenceKind {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Different => "different",
            Self::Surplus => "surplus",
        }
    }
}

/// The published tree, locked by whoever holds this.
pub(crate) struct Tree {
    root: PathBuf,
    /// None when nothing is to be changed, only compared.
    lock: Option<fs::File>,
    complete: bool,
    differences: Vec<Difference>,
    touched: BTreeSet<PathBuf>,
}

impl Tree {
    /// Waits until no other generator works on `root`, and takes possession of it where it is new or empty, or `known` to be ours.
    pub(crate) fn lock(root: &Path, known: bool) -> Result<Self, GeneratorError> {
        if !known {
            probe(root)?;
        }
        let mut lock = disk::open_lock(&root.join(LOCK))?;
        if lock.file().try_lock().is_err() {
            tracing::info!("another generator is at work in {}; waiting until it has ended", root.display());
            lock.file().lock()?;
        }
        let mut said = String::new();
        lock.read_to_string(&mut said)?;
        if said.is_empty() {
            lock.write_all(OWNED.as_bytes())?;
        }
        Ok(Self { complete: said.ends_with(COMPLETE), lock: Some(lock), ..Self::compare(root) })
    }

    /// Looks, and changes nothing.
    pub(crate) fn compare(root: &Path) -> Self {
        Self { root: root.to_owned(), lock: None, complete: false, differences: vec![], touched: BTreeSet::new() }
    }

    /// Whether a full generation has ended here. If not, it is not known what is missing.
    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }

    /// How many files differed so far.
    pub(crate) fn differences(&self) -> usize {
        self.differences.len()
    }

    /// Brings a file and its precompressed forms to `bytes`. Files that hold them already are not touched.
    pub(crate) fn put(&mut self, file: &str, bytes: &[u8]) -> Result<(), GeneratorError> {
        // The readable file comes last: who sees it new finds the others new too.
        for (ending, compress) in compress::FORMS {
            self.put_one(format!("{file}.{ending}"), &compress(bytes)?)?;
        }
        self.put_one(file.to_owned(), bytes)
    }

    fn put_one(&mut self, file: String, bytes: &[u8]) -> Result<(), GeneratorError> {
        let place = self.root.join(&file);
        let kind = match fs::read(&place) {
            Ok(old) if old == bytes => return Ok(()),
            Ok(_) => DifferenceKind::Different,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => DifferenceKind::Missing,
            Err(error) if error.kind() == io::ErrorKind::IsADirectory => DifferenceKind::Different,
            Err(error) => return Err(error.into()),
        };
        if self.lock.is_some() {
            disk::replace(&place, &self.root, bytes)?;
            self.touch(&place);
        }
        self.differences.push(Difference { file, kind });
        Ok(())
    }

    /// Removes a file and its precompressed forms, and the folders that become empty.
    pub(crate) fn remove(&mut self, file: &str) -> Result<(), GeneratorError> {
        let forms = compress::FORMS.map(|(ending, _)| format!("{file}.{ending}"));
        for file in std::iter::once(file.to_owned()).chain(forms) {
            if disk::is_inside(&self.root.join(&file), &self.root) {
                self.remove_surplus(file)?;
            }
        }
        Ok(())
    }

    fn remove_surplus(&mut self, file: String) -> Result<(), GeneratorError> {
        let place = self.root.join(&file);
        if self.lock.is_some() {
            self.touch(&place);
            disk::remove(&place, &self.root)?;
        }
        self.differences.push(Difference { file, kind: DifferenceKind::Surplus });
        Ok(())
    }

    /// Removes every file of ours that is neither `expected` nor a precompressed form of such a one. Files of other kinds stay.
    pub(crate) fn sweep(&mut self, expected: &BTreeSet<String>) -> Result<(), GeneratorError> {
        for found in walkdir::WalkDir::new(&self.root).sort_by_file_name() {
            let found = match found {
                Ok(found) => found,
                Err(error) if error.io_error().is_some_and(|e| e.kind() == io::ErrorKind::NotFound) => continue,
                Err(error) => return Err(io::Error::from(error).into()),
            };
            let Some(file) = found.path().strip_prefix(&self.root).ok().and_then(Path::to_str) else { continue };
            let readable = compress::FORMS.iter().find_map(|(ending, _)| file.strip_suffix(&format!(".{ending}"))).unwrap_or(file);
            let left_over = found.file_name().to_string_lossy().starts_with(disk::TEMPORARY);
            let ours = left_over || ENDINGS.iter().any(|ending| readable.ends_with(ending));
            if !found.file_type().is_dir() && ours && !expected.contains(readable) {
                self.remove_surplus(file.to_owned())?;
            } else if found.file_type().is_dir() && self.lock.is_some() {
                // A folder that a killed generator left empty; one that is not empty stays.
                disk::remove_empty_above(&found.path().join(LOCK), &self.root);
            }
        }
        Ok(())
    }

    /// Makes everything survive a power cut, then says what differed. After this, rows of work may go.
    pub(crate) fn commit(mut self, full: bool) -> Result<Vec<Difference>, GeneratorError> {
        for folder in &self.touched {
            disk::sync_folder(folder)?;
        }
        if self.lock.as_ref().is_some_and(|lock| !disk::is_at(lock, &self.root.join(LOCK))) {
            return Err(GeneratorError::Vanished(self.root));
        }
        if let (Some(lock), true, false) = (&mut self.lock, full, self.complete) {
            lock.file_mut().rewind()?;
            lock.write_all(format!("{OWNED}{COMPLETE}").as_bytes())?;
            lock.sync_all()?;
        }
        Ok(self.differences)
    }

    /// A new folder is an entry in the one above, so these must reach the disk too.
    fn touch(&mut self, place: &Path) {
        let inside = place.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root));
        self.touched.extend(inside.map(Path::to_owned));
    }
}

/// Whether `root` may become, or is, a published tree: it does not exist, is empty, or is ours.
pub fn probe(root: &Path) -> Result<(), GeneratorError> {
    let mut entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    if root.join(LOCK).exists() || entries.next().is_none() { Ok(()) } else { Err(GeneratorError::NotOurs(root.to_owned())) }
}

/// Whether a generator is at work in `root` just now.
pub(crate) fn is_busy(root: &Path) -> bool {
    // The lock goes with the handle, at the end of this line.
    fs::File::open(root.join(LOCK)).is_ok_and(|lock| matches!(lock.file().try_lock(), Err(std::fs::TryLockError::WouldBlock)))
}

/// Whether a generator has taken possession of `root`. Not so when somebody removed the folder.
pub(crate) fn is_owned(root: &Path) -> bool {
    root.join(LOCK).exists()
}

/// Takes possession of `root`, so that it is there even before the first run.
pub fn claim(root: &Path) -> Result<(), GeneratorError> {
    Tree::lock(root, false).map(drop)
}
