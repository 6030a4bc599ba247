//! Checks which database the published tree belongs to. Generating from an empty database instead of the real one (a mistyped path, a
//! volume that is not mounted) would remove everything that was published.

use std::path::Path;

use ardoise_store::Store;

use crate::published::counts;
use crate::{GeneratorError, tree};

/// Returns whether any comment is published in `root`.
pub fn has_published_comments(root: &Path) -> bool {
    tree::beginning(root, counts::FILE, counts::HEAD_BYTES).is_some_and(|text| counts::counts_any(&text))
}

/// Fails if the comments published in `root` come from another database than `store`.
///
/// The mark of an earlier version does not name the database. Then any database with a comment is accepted.
pub(crate) fn check(root: &Path, store: &Store) -> Result<(), GeneratorError> {
    if !has_published_comments(root) {
        return Ok(());
    }
    let ours = match tree::database_of(root) {
        Some(database) => database == store.database_id()?,
        None => !store.is_blank()?,
    };
    if ours { Ok(()) } else { Err(GeneratorError::OtherDatabase(root.to_owned())) }
}
