use std::path::{Path, PathBuf};

use ardoise_generator::free_space;
use ardoise_store::StoreUrl;

use super::outcome::Outcome;
use super::scene::Scene;

/// Below this a busy day, or a log that grows, may fill the disk.
const LITTLE: u64 = 100 << 20;
/// Below this `SQLite`'s log alone, which grows to some megabytes, may.
const TOO_LITTLE: u64 = 8 << 20;

/// How much may still be written where the database and the published tree are.
pub(super) fn look(scene: &Scene) -> Outcome {
    let database = match scene.config.store_url() {
        StoreUrl::Sqlite(file) => file.parent().map(Into::into),
        StoreUrl::Postgres(_) => None,
    };
    let folders = database.into_iter().chain([scene.config.to()]);
    let least = folders.filter_map(|folder: PathBuf| free_space(&folder).map(|free| (free, folder))).min();
    let Some((free, folder)) = least else { return Outcome::Fine("nobody knows how much is free here".to_owned()) };
    verdict(free, &folder)
}

fn verdict(free: u64, folder: &Path) -> Outcome {
    let said = format!("{} MB are free for {}", free >> 20, folder.display());
    match free {
        0..TOO_LITTLE => Outcome::Wrong(format!("the disk is full: {said}; comments cannot be taken in without room: free some space")),
        TOO_LITTLE..LITTLE => Outcome::Warning(format!("the disk is nearly full: {said}; free some space")),
        _ => Outcome::Fine(said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_full_before_its_last_byte_is_used() {
        let word = |free| verdict(free, Path::new("/srv")).word();
        assert_eq!([0, TOO_LITTLE - 1, TOO_LITTLE, LITTLE].map(word), ["WRONG", "WRONG", "WARN", "ok"]);
    }
}
