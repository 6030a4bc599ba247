use std::io;
use std::path::{Path, PathBuf};

use ardoise_store::StoreError;

/// What can keep the generator from its work. Every I/O error names the file.
#[derive(Debug, thiserror::Error)]
pub enum GeneratorError {
    /// A file or folder of the site.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry of the published tree belongs to another user: what failed, and how to mend it.
    #[error("{0}: {1}")]
    Forbidden(io::Error, String),
    /// A file's content could not be written as JSON.
    #[error("a published file could not be written as JSON")]
    Json(#[from] serde_json::Error),
    /// A feed could not be written as XML.
    #[error("a feed could not be written: {0}")]
    Feed(String),
    /// The folder has files in it and was not made by the generator, which removes what it did not write.
    #[error("{} has files that Ardoise did not write; give it an empty folder ([publish] to), for it removes JSON and XML files that do not belong there. If they are its own, put an empty file named .ardoise there", .0.display())]
    NotOurs(PathBuf),
    /// The published comments were written from another database, which this one would remove.
    #[error(
        "{} holds comments that were published from another database than the one in [store] url. Nothing in it was changed. Correct [store] \
         url (a mistyped path, a volume that is not mounted), or restore the database from a backup; if this database is the right one, \
         run `ardoise generate --adopt`, which replaces what is published by what this database holds", .0.display()
    )]
    OtherDatabase(PathBuf),
    /// The folder was removed or replaced while a generator was at work in it.
    #[error("{} was removed or replaced while files were written to it; they are written again", .0.display())]
    Vanished(PathBuf),
    /// Another generator is at work in the folder, and the caller does not wait for it.
    #[error("another generator is at work in {}", .0.display())]
    Busy(PathBuf),
    /// The folder of the built site is not there.
    #[error("{} is not there; is the site built? The catalogue stays as it was", .0.display())]
    NoSite(PathBuf),
    /// The built site has no page at all, so it cannot be what readers see.
    #[error("{} has no HTML page; is the site built? The catalogue stays as it was", .0.display())]
    NoPages(PathBuf),
}

impl GeneratorError {
    /// The system says "Permission denied" of a file; this adds whose it is, who we are, and the command that mends it.
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
