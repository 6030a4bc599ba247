//! Applies changes to files: each file is compared and written beside its place, then all are flushed, and then each is renamed.

use std::io;
use std::path::Path;

use fs_err as fs;

use super::{Difference, DifferenceKind, Tree, TreeLocation};
use crate::{GeneratorError, compress, disk};

/// A change to one file.
#[derive(Debug)]
pub(crate) struct Change {
    difference: Difference,
    /// The new content, beside the file's place. `None` if the file is to be removed, or if the tree is only compared.
    written: Option<disk::TemporaryFile>,
}

impl TreeLocation {
    /// Compares a file and its precompressed forms with `bytes`, writes new content beside those that differ, and returns the changes.
    /// Files that are up to date are not touched. May be called by several threads at once.
    pub(crate) fn put(&self, file: &str, bytes: &[u8]) -> Result<Vec<Change>, GeneratorError> {
        self.check()?;
        let folder_is_missing = self.root.join(file).parent().is_some_and(|folder| !folder.exists());
        let mut changes = ChangeSet { location: self, folder_is_missing, folder: None, all: Vec::new() };
        // The readable file comes last, so that a reader who sees its new version finds the new precompressed forms too.
        for (ending, compress) in compress::FORMS {
            changes.put(format!("{file}.{ending}"), &compress(bytes)?)?;
        }
        changes.put(file.to_owned(), bytes)?;
        Ok(changes.all)
    }

    /// Returns the changes that remove a file and its precompressed forms.
    pub(crate) fn remove(&self, file: &str) -> Vec<Change> {
        let forms = compress::FORMS.map(|(ending, _)| format!("{file}.{ending}"));
        let all = std::iter::once(file.to_owned()).chain(forms);
        all.filter(|file| disk::is_inside(&self.root.join(file), &self.root)).map(Change::surplus).collect()
    }
}

impl Tree<'_> {
    /// Flushes the new content and renames it into place. A failure in one group does not affect the others. Returns one result per group.
    pub(crate) fn apply(&mut self, groups: Vec<Vec<Change>>) -> Vec<io::Result<()>> {
        if self.lock.is_none() {
            let outcomes = groups.iter().map(|_| Ok(())).collect();
            for change in groups.into_iter().flatten() {
                (self.on_difference)(change.difference);
            }
            return outcomes;
        }
        let flushed = disk::flush(&self.root, groups.iter().flatten().filter_map(|change| change.written.as_ref()));
        let mut folders = disk::DirtyFolders::default();
        let location = self.location();
        let mut outcomes = Vec::with_capacity(groups.len());
        for group in groups {
            let outcome = match &flushed {
                Ok(()) => location.check().map_err(io::Error::other).and_then(|()| self.apply_group(group, &mut folders)),
                Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
            };
            outcomes.push(outcome);
        }
        match folders.sync() {
            Ok(()) => outcomes,
            Err(error) => outcomes.iter().map(|_| Err(io::Error::new(error.kind(), error.to_string()))).collect(),
        }
    }

    fn apply_group(&mut self, group: Vec<Change>, folders: &mut disk::DirtyFolders) -> io::Result<()> {
        for change in group {
            let file = self.root.join(&change.difference.file);
            match &change.written {
                Some(written) if !written.in_new_folder => folders.add(&file, &self.root),
                _ => folders.add_with_parents(&file, &self.root),
            }
            match change.written {
                Some(written) => written.persist(&file)?,
                None => disk::remove(&file, &self.root)?,
            }
            (self.on_difference)(change.difference);
        }
        Ok(())
    }
}

impl Change {
    #[cfg(test)]
    pub(crate) fn file(&self) -> &str {
        &self.difference.file
    }

    pub(crate) fn surplus(file: String) -> Self {
        Self { difference: Difference { file, kind: DifferenceKind::Surplus }, written: None }
    }
}

/// The changes to a file and its precompressed forms, collected so far.
struct ChangeSet<'a> {
    location: &'a TreeLocation,
    /// Whether the folder is missing, and so all files.
    folder_is_missing: bool,
    /// The prepared folder, once something was written to it.
    folder: Option<disk::TargetFolder>,
    all: Vec<Change>,
}

impl ChangeSet<'_> {
    fn put(&mut self, file: String, bytes: &[u8]) -> Result<(), GeneratorError> {
        let at = self.location.root.join(&file);
        let Some(kind) = self.difference(&at, bytes)? else { return Ok(()) };
        let written = if self.location.is_read_only() { None } else { Some(self.write(&at, bytes)?) };
        self.all.push(Change { difference: Difference { file, kind }, written });
        Ok(())
    }

    fn difference(&self, at: &Path, bytes: &[u8]) -> io::Result<Option<DifferenceKind>> {
        if self.folder_is_missing {
            return Ok(Some(DifferenceKind::Missing));
        }
        match fs::read(at) {
            Ok(old) => Ok((old != bytes).then_some(DifferenceKind::Different)),
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(Some(DifferenceKind::Missing)),
                io::ErrorKind::IsADirectory => Ok(Some(DifferenceKind::Different)),
                _ => Err(error),
            },
        }
    }

    fn write(&mut self, at: &Path, bytes: &[u8]) -> io::Result<disk::TemporaryFile> {
        let folder = match self.folder.take() {
            Some(folder) => folder,
            None => disk::TargetFolder::prepare(at, &self.location.root)?,
        };
        let written = disk::write_beside(at, &folder, bytes);
        self.folder = Some(folder);
        written
    }
}
