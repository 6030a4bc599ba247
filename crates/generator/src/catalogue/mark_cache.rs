use std::collections::HashMap;
use std::fs::Metadata;
use std::time::SystemTime;

use crate::catalogue::page_mark::PageMark;

/// A cache of the marks of pages, valid while the page's file is unchanged. A rebuild of a site rewrites few files, and reading a file's
/// metadata costs a tenth of reading the file.
#[derive(Default)]
pub(crate) struct MarkCache {
    pages: HashMap<String, Page>,
    /// The number of the current walk.
    walk: u64,
}

struct Page {
    stamp: FileStamp,
    marks: Vec<PageMark>,
    seen: u64,
}

/// Metadata that changes when the file does. Copying a file can preserve length and modification time, but not inode and change time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileStamp {
    length: u64,
    modified: Option<SystemTime>,
    node: (u64, i64, i64),
}

impl FileStamp {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        Self { length: metadata.len(), modified: metadata.modified().ok(), node: node(metadata) }
    }
}

#[cfg(unix)]
fn node(metadata: &Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn node(_: &Metadata) -> (u64, i64, i64) {
    (0, 0, 0)
}

impl MarkCache {
    /// Returns the marks of a page if its file is unchanged.
    pub(crate) fn get(&mut self, page: &str, stamp: FileStamp) -> Option<&[PageMark]> {
        let known = self.pages.get_mut(page).filter(|known| known.stamp == stamp)?;
        known.seen = self.walk;
        Some(&known.marks)
    }

    /// Stores the marks of a page.
    pub(crate) fn insert(&mut self, page: String, stamp: FileStamp, marks: Vec<PageMark>) {
        self.pages.insert(page, Page { stamp, marks, seen: self.walk });
    }

    /// Removes pages that the current walk did not find, and starts the next walk.
    pub(crate) fn end_walk(&mut self) {
        let walk = self.walk;
        self.pages.retain(|_, page| page.seen == walk);
        self.walk += 1;
    }
}
