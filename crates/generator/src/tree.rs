//! The published tree as a folder: its owner, the lock that lets one generator work at a time, and the differences between files.

mod changes;
mod inspect;
mod mark;
mod sweep;

use std::fmt;
use std::fs::TryLockError;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ardoise_store::random_tree_id;
use fs_err as fs;

pub(crate) use self::changes::Change;
pub(crate) use self::inspect::first_obstacle;
pub use self::inspect::{Inspection, inspect, stale_temporary_files};
pub(crate) use self::mark::{Mark, MarkHeader};
pub(crate) use self::sweep::Expected;
use crate::{GeneratorError, compress, disk};

/// The name of the file with the mark: the folder's owner, and how far it was built.
const MARK_FILE: &str = ".ardoise";

/// A file that is not as the database says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// The path relative to the tree.
    pub file: String,
    /// The kind of difference.
    pub kind: DifferenceKind,
}

/// How a file differs from what the database says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DifferenceKind {
    /// The file is missing.
    Missing,
    /// The file has other bytes.
    Different,
    /// The file should not exist.
    Surplus,
}

impl DifferenceKind {
    /// Returns the name used in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Different => "different",
            Self::Surplus => "surplus",
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\t{}", self.kind.as_str(), self.file)
    }
}

/// What a generator does if another one is at work in the tree or waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LockMode {
    /// Waits for the other one.
    Wait,
    /// Fails at once in either case.
    Yield,
    /// Fails at once if another generator is at work. Precedes one that waits, because a waiting process may be suspended.
    Overtake,
}

impl LockMode {
    fn try_take(self, lock: &disk::Lock) -> io::Result<bool> {
        match self {
            Self::Wait | Self::Yield => lock.try_take_yielding(),
            Self::Overtake => lock.try_take(),
        }
    }
}

/// The published tree. It stays locked until drop.
pub(crate) struct Tree<'a> {
    root: PathBuf,
    /// `None` if the tree is only compared, without changes.
    lock: Option<disk::Lock>,
    mark: Mark,
    header: MarkHeader,
    on_difference: &'a mut dyn FnMut(Difference),
}

impl<'a> Tree<'a> {
    /// Locks `root`, or fails if another generator has it, according to `lock_mode`. Takes possession of the folder if it is new or empty, or if
    /// `known` says that it is ours. Calls `admit` once the folder is locked, and fails if that fails. The `header` has no tree id yet.
    /// `on_difference` is called with each file that differed, after it was corrected.
    pub(crate) fn lock(
        root: &Path,
        known: bool,
        lock_mode: LockMode,
        header: MarkHeader,
        admit: impl FnOnce() -> Result<(), GeneratorError>,
        on_difference: &'a mut dyn FnMut(Difference),
    ) -> Result<Self, GeneratorError> {
        if !known {
            check_tree_folder(root)?;
        }
        let mut lock = disk::Lock::open(root, MARK_FILE)?;
        if !lock_mode.try_take(&lock)? {
            if lock_mode != LockMode::Wait {
                return Err(GeneratorError::Busy(root.to_owned()));
            }
            tracing::info!("another generator is at work in {}; waiting until it has ended", root.display());
            lock.take()?;
        }
        // During the wait, the folder may have been removed, and created anew by another generator.
        while !lock.locked_paths().are_in_place() {
            lock = disk::Lock::open(root, MARK_FILE)?;
            lock.take()?;
        }
        admit()?;
        let text = lock.read()?;
        let fingerprint = lock.fingerprint();
        let id = match own_id(&text, &fingerprint) {
            Some(id) => id.to_owned(),
            None => format!("{}-{fingerprint}", random_tree_id()?),
        };
        let header = MarkHeader { tree: id, ..header };
        let mark = Mark::parse(&text, &header);
        let mut tree = Self { root: root.to_owned(), lock: Some(lock), mark, header, on_difference };
        if text.is_empty() {
            tree.set_mark(Mark::default())?;
        }
        Ok(tree)
    }

    /// Opens the tree for comparison without changes.
    pub(crate) fn compare(root: &Path, on_difference: &'a mut dyn FnMut(Difference)) -> Self {
        Self { root: root.to_owned(), lock: None, mark: Mark::default(), header: MarkHeader::default(), on_difference }
    }

    /// Returns the tree's id. Moving the tree keeps it. A copy of the tree, and a new tree in its place, get other ids.
    pub(crate) fn id(&self) -> &str {
        &self.header.tree
    }

    /// Returns how far a full generation came.
    pub(crate) fn mark(&self) -> &Mark {
        &self.mark
    }

    /// Sets how far a full generation came. The files that the mark vouches for must be flushed before.
    pub(crate) fn set_mark(&mut self, mark: Mark) -> Result<(), GeneratorError> {
        if let (Some(lock), true) = (&mut self.lock, mark != self.mark || mark == Mark::default()) {
            lock.write(&mark.to_text(&self.header))?;
            self.mark = mark;
        }
        Ok(())
    }

    /// Returns the location of the tree, which threads need to read it or to write in it.
    pub(crate) fn location(&self) -> TreeLocation {
        TreeLocation { root: self.root.clone(), locked_paths: self.lock.as_ref().map(disk::Lock::locked_paths) }
    }

    /// Fails if the folder was removed or replaced since it was locked. Must be called before rows of work are removed.
    pub(crate) fn check_still_there(&self) -> Result<(), GeneratorError> {
        self.location().check()
    }

    /// Returns the first bytes of a file. `None` if it is missing or cannot be read.
    pub(crate) fn beginning(&self, file: &str, bytes: usize) -> Option<String> {
        beginning(&self.root, file, bytes)
    }
}

/// The location of a tree.
pub(crate) struct TreeLocation {
    root: PathBuf,
    /// `None` if the tree is only compared, without changes.
    locked_paths: Option<disk::LockedPaths>,
}

impl TreeLocation {
    /// Returns whether the tree is only compared.
    pub(crate) fn is_read_only(&self) -> bool {
        self.locked_paths.is_none()
    }

    /// Returns whether a file or one of its precompressed forms exists.
    pub(crate) fn has(&self, file: &str) -> bool {
        let forms = compress::FORMS.iter().map(|(ending, _)| format!("{file}.{ending}"));
        std::iter::once(file.to_owned()).chain(forms).any(|file| self.root.join(file).symlink_metadata().is_ok())
    }

    /// Returns the bytes of a file. `None` if it is missing or cannot be read.
    pub(crate) fn read(&self, file: &str) -> Option<Vec<u8>> {
        fs::read(self.root.join(file)).ok()
    }

    /// Fails if the folder is not the one that was locked. Must be called before every write: another generator may be at work in the
    /// folder that now has this name.
    fn check(&self) -> Result<(), GeneratorError> {
        match &self.locked_paths {
            Some(locked_paths) if !locked_paths.are_in_place() => Err(GeneratorError::Vanished(self.root.clone())),
            _ => Ok(()),
        }
    }
}

/// Returns the first bytes of a file below `root`.
pub(crate) fn beginning(root: &Path, file: &str, bytes: usize) -> Option<String> {
    let mut text = Vec::with_capacity(bytes);
    fs::File::open(root.join(file)).ok()?.take(bytes as u64).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// Returns whether a generator is at work in `root`.
pub(crate) fn is_held(root: &Path) -> bool {
    fs::File::open(root).is_ok_and(|folder| matches!(folder.file().try_lock(), Err(TryLockError::WouldBlock)))
}

/// Returns the id of the tree at `root`, as [`Tree::id`] does. `None` if there is none, or if no full generation has ended there.
pub(crate) fn complete_id(root: &Path) -> Option<String> {
    let mark = root.join(MARK_FILE);
    let text = fs::read_to_string(&mark).ok().filter(|text| mark::is_complete(text))?;
    let fingerprint = disk::fingerprint(&mark.symlink_metadata().ok()?);
    own_id(&text, &fingerprint).map(str::to_owned)
}

/// Returns the id in a mark. `None` if the mark is a copy: then its fingerprint differs from the one in the id. The copied tree may be
/// older than the tree with this id.
fn own_id<'a>(text: &'a str, fingerprint: &str) -> Option<&'a str> {
    mark::tree(text).filter(|id| id.split_once('-').is_some_and(|(_, written)| written == fingerprint))
}

/// Checks that `root` may become or already is a published tree: it is missing, empty, or ours.
pub fn check_tree_folder(root: &Path) -> Result<(), GeneratorError> {
    let mut entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(GeneratorError::from(error).explained(root)),
    };
    match entries.next().transpose()? {
        None => Ok(()),
        // The mark is looked up after the listing. A generator writes the mark first, so it exists by now if the listing found a
        // generator's file. In the other order, another generator might begin between the two steps.
        Some(_) if root.join(MARK_FILE).try_exists()? => Ok(()),
        Some(_) => Err(GeneratorError::NotOurs(root.to_owned())),
    }
}

/// Takes possession of `root`, so that the folder exists before the first run.
pub fn create_tree(root: &Path) -> Result<(), GeneratorError> {
    Tree::lock(root, false, LockMode::Wait, MarkHeader::default(), || Ok(()), &mut |_| {}).map(drop).map_err(|error| error.explained(root))
}

/// Returns the id of the database that the files in `root` were written from. `None` if the mark does not name it.
pub(crate) fn database_of(root: &Path) -> Option<String> {
    let text = beginning(root, MARK_FILE, mark::MAX_OWNER_BYTES)?;
    mark::database(&text).map(str::to_owned)
}
