//! What is wrong with a published tree as a folder: entries that belong to another user, and temporary files that were left over.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use ardoise_store::{Account, FileUse, PermissionProblem};

use super::LOCK;
use crate::disk;

/// A tree of 100 000 articles has some 400 000 entries; a network drive gives a few thousand a second.
const MOST_ENTRIES: usize = 500_000;
const LONGEST: Duration = Duration::from_secs(5);
/// A generator that is at work needs a temporary file for seconds.
const LEFT_OVER: Duration = Duration::from_secs(10 * 60);

/// What was found in a published tree.
#[derive(Debug, Default)]
pub struct Inspection {
    /// As many entries were looked at.
    pub entries: usize,
    /// False: there are more, and looking at them would have taken too long.
    pub whole: bool,
    /// Entries that keep the generator from its work, as sentences with a command that mends them; the first few.
    pub obstacles: Vec<String>,
    /// How many there are.
    pub in_the_way: usize,
    /// Temporary files that a killed process has left.
    pub temporary_files: Vec<PathBuf>,
}

/// As many obstacles are described.
const DESCRIBED: usize = 3;

/// Looks at every folder and file below `root`, within limits, and changes nothing.
///
/// As root, which no permission holds back, it looks for entries that belong to another user than `root` itself: the service is most
/// likely run by the one that the folder was given to.
pub fn inspect(root: &Path, now: SystemTime) -> Inspection {
    let begun = Instant::now();
    let mut found = Inspection { whole: true, ..Inspection::default() };
    let owner = Account::owner(root).filter(|owner| Account::current() == Account::ROOT && *owner != Account::ROOT);
    let mut walk = walkdir::WalkDir::new(root).into_iter();
    while let Some(entry) = walk.next() {
        if found.entries >= MOST_ENTRIES || begun.elapsed() > LONGEST {
            found.whole = false;
            break;
        }
        found.entries += 1;
        // A folder that may not be listed is an entry of its own before it fails.
        let Ok(entry) = entry else { continue };
        let (path, is_folder) = (entry.path(), entry.file_type().is_dir());
        let sentence = obstacle(path, is_folder).or_else(|| foreign(path, owner?, root));
        if let Some(sentence) = sentence {
            found.in_the_way += 1;
            if found.obstacles.len() < DESCRIBED {
                found.obstacles.push(sentence);
            }
            if is_folder {
                // All below it is in the way with it.
                walk.skip_current_dir();
            }
        }
        if is_left_over(&entry, now) {
            found.temporary_files.push(path.to_owned());
        }
    }
    found
}

/// Temporary files directly in `folder` that a killed process has left there.
pub fn temporary_files(folder: &Path, now: SystemTime) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(folder).max_depth(1).into_iter().flatten();
    files.take(MOST_ENTRIES).filter(|entry| is_left_over(entry, now)).map(walkdir::DirEntry::into_path).collect()
}

/// What keeps this process from writing to a published tree, as a sentence with a command that mends it.
pub(crate) fn first_obstacle(root: &Path) -> Option<String> {
    inspect(root, SystemTime::UNIX_EPOCH).obstacles.into_iter().next()
}

fn obstacle(path: &Path, is_folder: bool) -> Option<String> {
    // Files are replaced by a rename, so it is their folder that has to be written to. They are compared before, though.
    let need = match path.file_name() {
        _ if is_folder => FileUse::Fill,
        Some(name) if name == LOCK => FileUse::Write,
        _ => FileUse::Read,
    };
    PermissionProblem::find(path, need).map(|obstacle| obstacle.to_string())
}

fn foreign(path: &Path, owner: Account, root: &Path) -> Option<String> {
    let theirs = Account::owner(path).filter(|theirs| *theirs != owner)?;
    Some(format!(
        "{} belongs to {theirs}, and the tree to {owner}, who may not write there; mend it: sudo chown -R {} {}",
        path.display(),
        owner.for_chown(),
        root.display()
    ))
}

pub(super) fn is_left_over(entry: &walkdir::DirEntry, now: SystemTime) -> bool {
    let modified = || entry.metadata().ok()?.modified().ok();
    is_temporary(entry) && modified().is_some_and(|modified| now.duration_since(modified).is_ok_and(|age| age > LEFT_OVER))
}

pub(super) fn is_temporary(entry: &walkdir::DirEntry) -> bool {
    entry.file_type().is_file() && entry.file_name().to_string_lossy().starts_with(disk::TEMPORARY)
}
