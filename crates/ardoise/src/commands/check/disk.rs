use std::path::{Path, PathBuf};

use ardoise_generator::free_space;
use ardoise_store::StoreUrl;

use super::context::CheckContext;
use super::finding::Finding;

/// With less free space, a busy day or a growing log may fill the disk, in bytes.
const LOW_BYTES: u64 = 100 << 20;
/// With less free space, the write-ahead log of `SQLite` alone may fill the disk, in bytes.
const FULL_BYTES: u64 = 8 << 20;

/// Checks the free space where the database and the published tree are.
pub(super) fn check(context: &CheckContext) -> Finding {
    let database = match context.config.store_url() {
        StoreUrl::Sqlite(file) => file.parent().map(Into::into),
        StoreUrl::Postgres(_) => None,
    };
    let folders = database.into_iter().chain([context.config.to()]);
    let least = folders.filter_map(|folder: PathBuf| free_space(&folder).map(|free| (free, folder))).min();
    let Some((free, folder)) = least else { return Finding::Fine("the free space is unknown".to_owned()) };
    verdict(free, &folder)
}

fn verdict(free: u64, folder: &Path) -> Finding {
    let free_space = format!("{} MB are free for {}", free >> 20, folder.display());
    match free {
        0..FULL_BYTES => {
            Finding::Wrong(format!("the disk is full: {free_space}; comments cannot be taken in without room: free some space"))
        }
        FULL_BYTES..LOW_BYTES => Finding::Warning(format!("the disk is nearly full: {free_space}; free some space")),
        _ => Finding::Fine(free_space),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_full_before_its_last_byte_is_used() {
        let word = |free| verdict(free, Path::new("/srv")).word();
        assert_eq!([0, FULL_BYTES - 1, FULL_BYTES, LOW_BYTES].map(word), ["WRONG", "WRONG", "WARN", "ok"]);
    }
}
