use std::io;
use std::path::{Path, PathBuf};

use ardoise_store::StoreError;

/// Errors of the generator and the catalogue. Every I/O error names the file.
#[derive(Debug, thiserror::Error)]
pub enum GeneratorError {
    /// A file or folder of the site could not be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry of the published tree belongs to another user. The text says which, and how to correct it.
    #[error("{0}: {1}")]
    Forbidden(io::Error, String),
    /// The content of a file could not be written as JSON.
    #[error("a published file could not be written as JSON")]
    Json(#[from] serde_json::Error),
    /// A feed could not be written as XML.
    #[error("a feed could not be written: {0}")]
    Feed(String),
    /// The folder contains files and was not created by the generator, which removes files that it did not write.
    #[error("{} has files that Ardoise did not write; give it an empty folder ([publish] to), for it removes JSON and XML files that do not belong there. If they are its own, put an empty file named .ardoise there", .0.display())]
    NotOurs(PathBuf),
    /// The published comments come from another database. Generating from this one would remove them.
    #[error(
        "{} holds comments that were published from another database than the one in [store] url. Nothing in it was changed. Correct [store] \
         url (a mistyped path, a volume that is not mounted), or restore the database from a backup; if this database is the right one, \
         run `ardoise generate --adopt`, which replaces what is published by what this database holds", .0.display()
    )]
    OtherDatabase(PathBuf),
    /// The folder was removed or replaced during a run.
    #[error("{} was removed or replaced while files were written to it; they are written again", .0.display())]
    Vanished(PathBuf),
    /// Another generator works in the folder, and the caller does not wait.
    #[error("another generator is at work in {}", .0.display())]
    Busy(PathBuf),
    /// The folder of the built site is missing.
    #[error("{} is not there; is the site built? The catalogue stays as it was", .0.display())]
    NoSite(PathBuf),
    /// The built site has no pages, so it is not what readers see.
    #[error("{} has no HTML page; is the site built? The catalogue stays as it was", .0.display())]
    NoPages(PathBuf),
}

impl GeneratorError {
    /// Adds the owner of the file, the current user, and a command that corrects it to a permission error, which itself names only the
    /// file.
    pub(crate) fn explained(self, tree: &Path) -> Self {
        match self {
            Self::Io(error) if matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) => {
                match crate::tree::first_obstacle(tree) {
                    Some(obstacle) => Self::Forbidden(error, obstacle),
                    None => Self::Io(error),
                }
            }
            other => other,
        }
    }
}
