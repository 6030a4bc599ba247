//! Bringing files to their bytes: each is compared and written beside its place, then all are flushed, then each is renamed.

use std::io;
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::{Difference, DifferenceKind, Tree};
use crate::{GeneratorError, compress, disk};

/// One file that is not as it should be.
#[derive(Debug)]
pub(crate) struct Change {
    difference: Difference,
    /// Its new bytes, written beside its place. None: it is to be removed, or nothing is to be changed at all.
    written: Option<disk::Written>,
}

impl Tree<'_> {
    /// Says what must change for a file and its precompressed forms to hold `bytes`, and writes that beside them. Files that hold
    /// them already are not touched. Several threads may do this at once.
    pub(crate) fn put(root: &Path, compare_only: bool, file: &str, bytes: &[u8]) -> Result<Vec<Change>, GeneratorError> {
        let mut changes = Vec::new();
        // The readable file comes last: who sees it new finds the others new too.
        for (ending, compress) in compress::FORMS {
            put_one(root, compare_only, format!("{file}.{ending}"), &compress(bytes)?, &mut changes)?;
        }
        put_one(root, compare_only, file.to_owned(), bytes, &mut changes)?;
        Ok(changes)
    }

    /// Says what must go for a file and its precompressed forms not to be there.
    pub(crate) fn remove(root: &Path, file: &str) -> Vec<Change> {
        let forms = compress::FORMS.map(|(ending, _)| format!("{file}.{ending}"));
        let all = std::iter::once(file.to_owned()).chain(forms);
        all.filter(|file| disk::is_inside(&root.join(file), root)).map(Change::surplus).collect()
    }

    /// Where it is, and whether nothing is to be changed in it: what [`Tree::put`] needs to know.
    pub(crate) fn place(&self) -> (PathBuf, bool) {
        (self.way.clone(), self.lock.is_none())
    }

    /// Flushes what was written, and puts it into its place. Groups of changes stand or fall by themselves; for each, how it went.
    pub(crate) fn apply(&mut self, groups: Vec<Vec<Change>>) -> Vec<io::Result<()>> {
        if self.lock.is_none() {
            let outcomes = groups.iter().map(|_| Ok(())).collect();
            for change in groups.into_iter().flatten() {
                (self.found)(change.difference);
            }
            return outcomes;
        }
        let flushed = disk::flush(&self.way, groups.iter().flatten().filter_map(|change| change.written.as_ref()));
        let mut folders = disk::Folders::default();
        let mut outcomes = Vec::with_capacity(groups.len());
        for group in groups {
            let outcome = match &flushed {
                Ok(()) => self.apply_group(group, &mut folders),
                Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
            };
            outcomes.push(outcome);
        }
        match folders.sync() {
            Ok(()) => outcomes,
            Err(error) => outcomes.iter().map(|_| Err(io::Error::new(error.kind(), error.to_string()))).collect(),
        }
    }

    fn apply_group(&mut self, group: Vec<Change>, folders: &mut disk::Folders) -> io::Result<()> {
        for change in group {
            let place = self.way.join(&change.difference.file);
            match &change.written {
                Some(written) if !written.in_new_folder => folders.touch(&place, &self.way),
                _ => folders.touch_all(&place, &self.way),
            }
            match change.written {
                Some(written) => written.persist(&place)?,
                None => disk::remove(&place, &self.way)?,
            }
            (self.found)(change.difference);
        }
        Ok(())
    }
}

impl Change {
    pub(crate) fn surplus(file: String) -> Self {
        Self { difference: Difference { file, kind: DifferenceKind::Surplus }, written: None }
    }
}

fn put_one(root: &Path, compare_only: bool, file: String, bytes: &[u8], changes: &mut Vec<Change>) -> Result<(), GeneratorError> {
    let place = root.join(&file);
    let kind = match fs::read(&place) {
        Ok(old) if old == bytes => return Ok(()),
        Ok(_) => DifferenceKind::Different,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => DifferenceKind::Missing,
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => DifferenceKind::Different,
        Err(error) => return Err(error.into()),
    };
    let written = if compare_only { None } else { Some(disk::write_beside(&place, root, bytes)?) };
    changes.push(Change { difference: Difference { file, kind }, written });
    Ok(())
}
