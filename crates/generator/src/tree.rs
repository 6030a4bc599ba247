//! The published tree as a folder: whose it is, that one generator works at a time, and which files differ.

mod batch;
mod inspect;
mod mark;
mod sweep;

use std::fmt;
use std::fs::TryLockError;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ardoise_store::random_tree_id;
use fs_err as fs;

pub(crate) use self::batch::Change;
pub(crate) use self::inspect::first_obstacle;
pub use self::inspect::{Inspection, inspect, temporary_files};
pub(crate) use self::mark::{Head, Mark};
pub(crate) use self::sweep::Expected;
use crate::{GeneratorError, compress, disk};

/// Says whose folder it is and how far it was built.
const LOCK: &str = ".ardoise";

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

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\t{}", self.kind.as_str(), self.file)
    }
}

/// What a generator does where another one is at work in the tree, or waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Waits.
    Wait,
    /// Fails at once in either case.
    Yield,
    /// Fails at once where another one is at work; goes before one that waits, which may be suspended for ever.
    Insist,
}

impl Turn {
    fn try_take(self, lock: &disk::Lock) -> io::Result<bool> {
        match self {
            Self::Wait | Self::Yield => lock.try_take_yielding(),
            Self::Insist => lock.try_take(),
        }
    }
}

/// The published tree, locked by whoever holds this.
pub(crate) struct Tree<'a> {
    root: PathBuf,
    /// None when nothing is to be changed, only compared.
    lock: Option<disk::Lock>,
    mark: Mark,
    head: Head,
    found: &'a mut dyn FnMut(Difference),
}

impl<'a> Tree<'a> {
    /// Takes `root` once no other generator works on it, or fails, as `turn` says. Takes possession of it where it is new or empty, or
    /// `known` to be ours, and `admit` says so once it is locked. The `head` has no tree's id yet. `found` is told of each file that differed, once it does not any more.
    pub(crate) fn lock(
        root: &Path,
        (known, turn): (bool, Turn),
        head: Head,
        admit: impl FnOnce() -> Result<(), GeneratorError>,
        found: &'a mut dyn FnMut(Difference),
    ) -> Result<Self, GeneratorError> {
        if !known {
            probe(root)?;
        }
        let mut lock = disk::Lock::open(root, LOCK)?;
        if !turn.try_take(&lock)? {
            if turn != Turn::Wait {
                return Err(GeneratorError::Busy(root.to_owned()));
            }
            tracing::info!("another generator is at work in {}; waiting until it has ended", root.display());
            lock.take()?;
        }
        // While it was waited for, somebody may have removed the folder, and another generator made it anew.
        while !lock.presence().lasts() {
            lock = disk::Lock::open(root, LOCK)?;
            lock.take()?;
        }
        admit()?;
        let said = lock.read()?;
        let fingerprint = lock.fingerprint();
        let id = match own_id(&said, &fingerprint) {
            Some(id) => id.to_owned(),
            None => format!("{}-{fingerprint}", random_tree_id()?),
        };
        let head = Head { tree: id, ..head };
        let mark = Mark::parse(&said, &head);
        let mut tree = Self { root: root.to_owned(), lock: Some(lock), mark, head, found };
        if said.is_empty() {
            tree.set_mark(Mark::default())?;
        }
        Ok(tree)
    }

    /// Looks, and changes nothing.
    pub(crate) fn compare(root: &Path, found: &'a mut dyn FnMut(Difference)) -> Self {
        Self { root: root.to_owned(), lock: None, mark: Mark::default(), head: Head::default(), found }
    }

    /// The tree's id: it keeps it when it is moved. A copy of it, and a tree that is made anew in its place, get another one.
    pub(crate) fn id(&self) -> &str {
        &self.head.tree
    }

    /// How far a full generation came here.
    pub(crate) fn mark(&self) -> &Mark {
        &self.mark
    }

    /// Says how far a full generation has come. What it says must be on disk.
    pub(crate) fn set_mark(&mut self, mark: Mark) -> Result<(), GeneratorError> {
        if let (Some(lock), true) = (&mut self.lock, mark != self.mark || mark == Mark::default()) {
            lock.write(&mark.written(&self.head))?;
            self.mark = mark;
        }
        Ok(())
    }

    /// Where it is: what several threads need to know to look at it, or write in it.
    pub(crate) fn place(&self) -> Place {
        Place { root: self.root.clone(), presence: self.lock.as_ref().map(disk::Lock::presence) }
    }

    /// Fails when somebody has removed or replaced the folder since it was locked. To be asked before rows of work go.
    pub(crate) fn check_still_there(&self) -> Result<(), GeneratorError> {
        self.place().check()
    }

    /// The first bytes of a file. None: it is not there, or not to be read.
    pub(crate) fn beginning(&self, file: &str, bytes: usize) -> Option<String> {
        beginning(&self.root, file, bytes)
    }
}

/// Where a tree is.
pub(crate) struct Place {
    root: PathBuf,
    /// None when nothing is to be changed in it, only compared.
    presence: Option<disk::Presence>,
}

impl Place {
    /// Whether it is only compared.
    pub(crate) fn is_only_compared(&self) -> bool {
        self.presence.is_none()
    }

    /// Whether there is a file, or one of its precompressed forms.
    pub(crate) fn has(&self, file: &str) -> bool {
        let forms = compress::FORMS.iter().map(|(ending, _)| format!("{file}.{ending}"));
        std::iter::once(file.to_owned()).chain(forms).any(|file| self.root.join(file).symlink_metadata().is_ok())
    }

    /// The bytes of a file. None: it is not there, or not to be read.
    pub(crate) fn read(&self, file: &str) -> Option<Vec<u8>> {
        fs::read(self.root.join(file)).ok()
    }

    /// Fails when the folder is not the one that was locked. To be asked before anything is written: another generator may be at work
    /// in the one that has its name now.
    fn check(&self) -> Result<(), GeneratorError> {
        match &self.presence {
            Some(presence) if !presence.lasts() => Err(GeneratorError::Vanished(self.root.clone())),
            _ => Ok(()),
        }
    }
}

/// The first bytes of a file below `root`.
pub(crate) fn beginning(root: &Path, file: &str, bytes: usize) -> Option<String> {
    let mut text = Vec::with_capacity(bytes);
    fs::File::open(root.join(file)).ok()?.take(bytes as u64).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// Whether a generator is at work in `root` just now.
pub(crate) fn is_held(root: &Path) -> bool {
    fs::File::open(root).is_ok_and(|folder| matches!(folder.file().try_lock(), Err(TryLockError::WouldBlock)))
}

/// The id of the tree at `root`, as [`Tree::id`] gives it. None: there is none, or no full generation has ended there.
pub(crate) fn complete_id(root: &Path) -> Option<String> {
    let mark = root.join(LOCK);
    let text = fs::read_to_string(&mark).ok().filter(|text| mark::is_complete(text))?;
    let fingerprint = disk::fingerprint(&mark.symlink_metadata().ok()?);
    own_id(&text, &fingerprint).map(str::to_owned)
}

/// The id that a mark names. None where the mark is a copy: its fingerprint is not the one that is part of the id. The tree that was
/// copied with it may be older than the one that has this id.
fn own_id<'a>(text: &'a str, fingerprint: &str) -> Option<&'a str> {
    mark::tree(text).filter(|id| id.split_once('-').is_some_and(|(_, written)| written == fingerprint))
}

/// Whether `root` may become, or is, a published tree: it does not exist, is empty, or is ours.
pub fn probe(root: &Path) -> Result<(), GeneratorError> {
    let mut entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(GeneratorError::from(error).explained(root)),
    };
    match entries.next().transpose()? {
        None => Ok(()),
        // The mark is looked for after the listing: a generator writes it first, so whatever it has put there has the mark beside it by
        // now. In the other order another generator may begin between the two looks.
        Some(_) if root.join(LOCK).try_exists()? => Ok(()),
        Some(_) => Err(GeneratorError::NotOurs(root.to_owned())),
    }
}

/// Takes possession of `root`, so that it is there even before the first run.
pub fn claim(root: &Path) -> Result<(), GeneratorError> {
    Tree::lock(root, (false, Turn::Wait), Head::default(), || Ok(()), &mut |_| {}).map(drop).map_err(|error| error.explained(root))
}

/// The database that the files in `root` were written from, if they say so.
pub(crate) fn database_of(root: &Path) -> Option<String> {
    let text = beginning(root, LOCK, mark::LONGEST)?;
    mark::database(&text).map(str::to_owned)
}
