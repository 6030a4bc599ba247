use ardoise_store::Latest;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::published::VERSION;

/// The file's path in the tree.
pub(crate) const FILE: &str = "latest.json";
/// The maximum number of articles, and the maximum sum of the paths' lengths in bytes. A page that lists articles then costs its reader
/// some 2.5 KB, compressed and with headers.
pub(crate) const MAX_ARTICLES: u32 = 128;
const MAX_PATH_BYTES: usize = 4600;

#[derive(Serialize)]
struct File<'a> {
    version: u32,
    revision: u64,
    epoch: &'a str,
    since: u64,
    #[serde(serialize_with = "in_order")]
    counts: &'a [(ardoise_model::ArticlePath, u64)],
}

/// Renders the counts that changed last, newest first. A page whose counts are of revision `since` or later needs no other file.
///
/// `claim` is the revision that the counts include. It is at most that of the last change, and less while an article's last change is not
/// on disk.
pub(crate) fn render(latest: &Latest, claim: u64) -> serde_json::Result<Vec<u8>> {
    let mut bytes = 0;
    let shown = latest.changes.iter().take_while(|change| {
        bytes += change.article.as_str().len() + 6;
        bytes <= MAX_PATH_BYTES
    });
    let counts: Vec<_> = shown.map(|change| (change.article.clone(), change.count)).collect();
    let revision = latest.changes.first().map_or(0, |change| change.revision);
    let since = match counts.len().checked_sub(1).and_then(|last| latest.changes.get(last)) {
        Some(last) if counts.len() < latest.changes.len() || !latest.is_all => last.revision - 1,
        None if !latest.changes.is_empty() => revision,
        _ => 0,
    };
    serde_json::to_vec(&File { version: VERSION, revision: revision.min(claim), epoch: &latest.epoch, since, counts: &counts })
}

fn in_order<S: Serializer>(counts: &&[(ardoise_model::ArticlePath, u64)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(counts.len()))?;
    for (path, count) in *counts {
        map.serialize_entry(path.as_str(), count)?;
    }
    map.end()
}
