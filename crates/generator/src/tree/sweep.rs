use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use ardoise_model::Timestamp;

use super::inspect::{is_stale, is_temporary};
use super::{Change, MARK_FILE, Tree};
use crate::{GeneratorError, compress, disk};

/// The number of files removed in one batch.
const BATCH_SIZE: usize = 1024;

/// The names of the files that belong in the tree, as hashes: eight bytes each, whatever the length of the name.
///
/// The hash keys are random in each process. A collision leaves one surplus file in the tree, once in 10¹⁰ runs.
#[derive(Default)]
pub(crate) struct Expected {
    hashes: HashSet<u64>,
    keys: RandomState,
}

impl Expected {
    pub(crate) fn add(&mut self, file: &str) {
        self.hashes.insert(self.keys.hash_one(file));
    }

    fn has(&self, file: &str) -> bool {
        self.hashes.contains(&self.keys.hash_one(file))
    }
}

impl Tree<'_> {
    /// Removes the generator's files that are neither expected nor a precompressed form of an expected file. Other files stay.
    pub(crate) fn sweep(&mut self, expected: &Expected, now: Timestamp) -> Result<(), GeneratorError> {
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(now.0.unsigned_abs());
        let mut surplus = Vec::new();
        let root = self.root.clone();
        for found in walkdir::WalkDir::new(&root).sort_by_file_name() {
            let found = match found {
                Ok(found) => found,
                Err(error) if error.io_error().is_some_and(|e| e.kind() == io::ErrorKind::NotFound) => continue,
                Err(error) => return Err(io::Error::from(error).into()),
            };
            if found.file_type().is_dir() {
                if self.lock.is_some() {
                    // Removes a folder that a killed generator left empty. A folder with content stays.
                    disk::remove_empty_above(&found.path().join(MARK_FILE), &root);
                }
                continue;
            }
            let Some(file) = found.path().strip_prefix(&root).ok().and_then(Path::to_str) else { continue };
            // A comparison runs beside generators, whose temporary files are not surplus while in use.
            let is_in_use = || self.lock.is_none() && is_temporary(&found) && !is_stale(&found, now);
            if is_surplus(file, expected) && !is_in_use() {
                surplus.push(vec![Change::surplus(file.to_owned())]);
            }
            if surplus.len() == BATCH_SIZE {
                self.apply_all(std::mem::take(&mut surplus))?;
            }
        }
        self.apply_all(surplus)
    }

    fn apply_all(&mut self, groups: Vec<Vec<Change>>) -> Result<(), GeneratorError> {
        Ok(self.apply(groups).into_iter().collect::<io::Result<()>>()?)
    }
}

fn is_surplus(file: &str, expected: &Expected) -> bool {
    let readable = compress::FORMS.iter().find_map(|(ending, _)| file.strip_suffix(&format!(".{ending}"))).unwrap_or(file);
    disk::is_own(Path::new(file)) && !expected.has(readable)
}
