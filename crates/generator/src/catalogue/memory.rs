use std::collections::HashMap;
use std::fs::Metadata;
use std::time::SystemTime;

use crate::catalogue::mark::Mark;

/// The marks of pages as they were when they were read last: a rebuild writes few of them anew, and looking at a file costs a tenth
/// of reading it.
#[derive(Default)]
pub(crate) struct Memory {
    pages: HashMap<String, Page>,
    /// The number of the walk that is under way.
    walk: u64,
}

struct Page {
    stamp: Stamp,
    marks: Vec<Mark>,
    seen: u64,
}

/// What changes when a file does. The last one cannot be set by whoever copies files with their times.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    node: (u64, i64, i64),
}

impl Stamp {
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

impl Memory {
    /// The marks of a page that is as it was.
    pub(crate) fn recall(&mut self, page: &str, stamp: Stamp) -> Option<&[Mark]> {
        let known = self.pages.get_mut(page).filter(|known| known.stamp == stamp)?;
        known.seen = self.walk;
        Some(&known.marks)
    }

    /// Takes note of a page that was read.
    pub(crate) fn keep(&mut self, page: String, stamp: Stamp, marks: Vec<Mark>) {
        self.pages.insert(page, Page { stamp, marks, seen: self.walk });
    }

    /// Forgets pages that the walk did not come across.
    pub(crate) fn end_walk(&mut self) {
        let walk = self.walk;
        self.pages.retain(|_, page| page.seen == walk);
        self.walk += 1;
    }
}
