//! Examines the files of a published tree: entries that the generator cannot read or write, or that belong to another user, and stale
//! temporary files.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use ardoise_store::{Account, FileUse, PermissionProblem};

use super::MARK_FILE;
use crate::disk;

/// The maximum number of entries examined. A tree of 100 000 articles has about 400 000. On a slow network drive,
/// `MAX_DURATION` ends the walk earlier.
const MAX_ENTRIES: usize = 500_000;
const MAX_DURATION: Duration = Duration::from_secs(5);
/// The age from which a temporary file is stale. A generator at work needs one for seconds.
const STALE_AGE: Duration = Duration::from_secs(10 * 60);

/// The result of inspecting a published tree.
#[derive(Debug, Default)]
pub struct Inspection {
    /// Number of entries examined.
    pub entries: usize,
    /// False if entries were left out because of the limits.
    pub is_complete: bool,
    /// Descriptions of the first few entries that hinder the generator, each a sentence with a command that corrects it.
    pub obstacles: Vec<String>,
    /// Number of obstacles found. A folder counts as one, with everything below it.
    pub obstacle_count: usize,
    /// Temporary files left by a killed process. Folders that are obstacles are not searched.
    pub stale_temporary_files: Vec<PathBuf>,
}

/// The maximum number of obstacles described.
const MAX_DESCRIBED: usize = 3;

/// Examines the folders and files below `root`, within limits, and changes nothing.
///
/// Permissions do not restrict the superuser. If this process runs as the superuser, the function instead looks for entries whose owner is not
/// the owner of the folder `root`, because the service most likely runs as that owner.
pub fn inspect(root: &Path, now: SystemTime) -> Inspection {
    let begun = Instant::now();
    let mut found = Inspection { is_complete: true, ..Inspection::default() };
    let owner = Account::owner(root).filter(|owner| Account::current() == Account::ROOT && *owner != Account::ROOT);
    let mut walk = walkdir::WalkDir::new(root).into_iter();
    while let Some(entry) = walk.next() {
        if found.entries >= MAX_ENTRIES || begun.elapsed() > MAX_DURATION {
            found.is_complete = false;
            break;
        }
        found.entries += 1;
        // A folder that cannot be listed is first returned as an entry, and then as an error.
        let Ok(entry) = entry else { continue };
        let (path, is_folder) = (entry.path(), entry.file_type().is_dir());
        let sentence = obstacle(path, is_folder).or_else(|| foreign_owner(path, owner?, root));
        if let Some(sentence) = sentence {
            found.obstacle_count += 1;
            if found.obstacles.len() < MAX_DESCRIBED {
                found.obstacles.push(sentence);
            }
            if is_folder {
                // One description is enough for a folder: the command corrects everything below it.
                walk.skip_current_dir();
            }
        }
        if is_stale(&entry, now) {
            found.stale_temporary_files.push(path.to_owned());
        }
    }
    found
}

/// Returns the temporary files directly in `folder` that a killed process left.
pub fn stale_temporary_files(folder: &Path, now: SystemTime) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(folder).max_depth(1).into_iter().flatten();
    files.take(MAX_ENTRIES).filter(|entry| is_stale(entry, now)).map(walkdir::DirEntry::into_path).collect()
}

/// Returns a description of the first entry that this process cannot write to, with a command that corrects it.
pub(crate) fn first_obstacle(root: &Path) -> Option<String> {
    inspect(root, SystemTime::UNIX_EPOCH).obstacles.into_iter().next()
}

fn obstacle(path: &Path, is_folder: bool) -> Option<String> {
    // Files are replaced by renaming, which needs write access to the folder only. They are read for comparison, though.
    let need = match path.file_name() {
        _ if is_folder => FileUse::CreateFilesIn,
        Some(name) if name == MARK_FILE => FileUse::Write,
        _ => FileUse::Read,
    };
    PermissionProblem::find(path, need).map(|obstacle| obstacle.to_string())
}

fn foreign_owner(path: &Path, owner: Account, root: &Path) -> Option<String> {
    let theirs = Account::owner(path).filter(|theirs| *theirs != owner)?;
    Some(format!(
        "{} belongs to {theirs}, but the tree belongs to {owner}, who may be unable to change it; to fix it: sudo chown -R {} {}",
        path.display(),
        owner.for_chown(),
        root.display()
    ))
}

pub(super) fn is_stale(entry: &walkdir::DirEntry, now: SystemTime) -> bool {
    let modified = || entry.metadata().ok()?.modified().ok();
    is_temporary(entry) && modified().is_some_and(|modified| now.duration_since(modified).is_ok_and(|age| age > STALE_AGE))
}

pub(super) fn is_temporary(entry: &walkdir::DirEntry) -> bool {
    entry.file_type().is_file() && entry.file_name().to_string_lossy().starts_with(disk::TEMPORARY_PREFIX)
}
