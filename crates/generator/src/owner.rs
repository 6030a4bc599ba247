//! Whose published tree it is. An empty database in the place of the real one (a mistyped path, a volume that is not mounted) would
//! remove everything that was published.

use std::path::Path;

use ardoise_store::Store;

use crate::published::counts;
use crate::{GeneratorError, tree};

/// Whether any comment is published in `root`.
pub fn is_filled(root: &Path) -> bool {
    tree::beginning(root, counts::FILE, counts::HEAD).is_some_and(|text| counts::counts_any(&text))
}

/// Fails if comments are published in `root` that came from another database than `store`.
///
/// A tree of an earlier version does not name its database; there, a database without any comment cannot be the one.
pub(crate) fn check(root: &Path, store: &Store) -> Result<(), GeneratorError> {
    if !is_filled(root) {
        return Ok(());
    }
    let ours = match tree::database_of(root) {
        Some(database) => database == store.database_id()?,
        None => !store.is_blank()?,
    };
    if ours { Ok(()) } else { Err(GeneratorError::OtherDatabase(root.to_owned())) }
}
