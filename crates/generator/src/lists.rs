//! The files that show on every page: the newest comments, the counts that changed last, and all counts.
//!
//! All counts of a site with 100 000 articles are some megabytes, and cost a hundred times what an article costs. So they are
//! written at a pace that leaves the generator free nearly all the time; what a reader needs meanwhile is in the small file.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ardoise_store::Store;

use crate::published::{Rendered, atom, counts, json_feed, latest, recent};
use crate::tree::{self, Tree};
use crate::{Feeds, GeneratorError, Settings};

/// Where they lie in the tree.
const FILES: [&str; 3] = [counts::FILE, latest::FILE, recent::FILE];
const FEEDS: [&str; 2] = [atom::FILE, json_feed::FILE];

/// For every second that the counts took, the generator does something else for so many.
const LEISURE: u32 = 20;
/// The counts may be so many changes behind, whatever they cost: half of what the small file holds.
const MOST_BEHIND: u64 = latest::MOST as u64 / 2;

/// When all counts were written last, and how long that took.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace(Arc<Mutex<Option<(Instant, Duration)>>>);

impl Pace {
    /// Whether all counts may be written now.
    pub(crate) fn is_due(&self) -> bool {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_none_or(|(ended, took)| ended.elapsed() >= took * LEISURE)
    }

    fn took(&self, time: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), time));
    }
}

/// Those that there are.
pub(crate) fn files(settings: &Settings) -> impl Iterator<Item = &'static str> {
    let feeds: &[&str] = if settings.feeds == Feeds::None { &[] } else { &FEEDS };
    FILES.iter().chain(feeds).copied()
}

/// The newest comments, in each form, and the counts that changed last.
pub(crate) fn write_small(store: &Store, tree: &mut Tree<'_>, settings: &Settings) -> Result<(), GeneratorError> {
    let newest = store.recent(recent::MOST)?;
    let newest: Vec<_> = newest.iter().map(|recent| Rendered::new(&recent.comment, &recent.title)).collect();
    let mut files = vec![(latest::FILE, latest::render(&store.latest(latest::MOST)?)?), (recent::FILE, recent::render(&newest, settings)?)];
    if settings.feeds != Feeds::None {
        files.push((atom::FILE, atom::site(&newest, settings)?));
        files.push((json_feed::FILE, json_feed::render(&newest, settings)?));
    }
    put(tree, &files)
}

pub(crate) fn write_counts(store: &Store, tree: &mut Tree<'_>, pace: &Pace) -> Result<(), GeneratorError> {
    let begun = Instant::now();
    put(tree, &[(counts::FILE, counts::render(store)?)])?;
    pace.took(begun.elapsed());
    Ok(())
}

pub(crate) fn write_counts_if_behind(store: &Store, tree: &mut Tree<'_>, pace: &Pace) -> Result<(), GeneratorError> {
    if behind(store, tree.beginning(counts::FILE, counts::HEAD))? == 0 { Ok(()) } else { write_counts(store, tree, pace) }
}

/// Whether all counts are so far behind that the small file will soon not hold what they lack.
pub(crate) fn counts_are_far_behind(store: &Store, tree: &Tree<'_>) -> Result<bool, GeneratorError> {
    Ok(behind(store, tree.beginning(counts::FILE, counts::HEAD))? > MOST_BEHIND)
}

/// Whether the counts in the tree at `root` lack a change.
pub(crate) fn counts_are_behind(store: &Store, root: &Path) -> Result<bool, GeneratorError> {
    Ok(behind(store, tree::beginning(root, counts::FILE, counts::HEAD))? > 0)
}

/// By how many changes a file of counts that begins like this is behind; by all of them, if it is none.
fn behind(store: &Store, beginning: Option<String>) -> Result<u64, GeneratorError> {
    let revision = store.revision()?;
    let written = beginning.and_then(|text| counts::revision(&text));
    Ok(written.map_or(u64::MAX, |written| revision.abs_diff(written)))
}

/// Together, so that they are flushed together.
fn put(tree: &mut Tree<'_>, files: &[(&str, Vec<u8>)]) -> Result<(), GeneratorError> {
    let place = tree.place();
    let changes: Vec<_> = files.iter().map(|(file, bytes)| place.put(file, bytes)).collect::<Result<_, _>>()?;
    Ok(tree.apply(vec![changes.into_iter().flatten().collect()]).into_iter().collect::<std::io::Result<()>>()?)
}
