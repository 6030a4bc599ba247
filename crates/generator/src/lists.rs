//! The files that show on every page: the newest comments, the counts that changed last, and all counts. And what forms work on.
//!
//! All counts of a site with 100 000 articles are some megabytes, and cost a hundred times what an article costs. So they are
//! written at a pace that leaves the generator free nearly all the time; what a reader needs meanwhile is in the small file.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ardoise_model::ArticlePath;
use ardoise_store::{ListSizes, Lists, Store};

use crate::published::{Rendered, atom, challenge, counts, json_feed, latest, recent};
use crate::shown::{self, Shown};
use crate::tree::{self, Tree};
use crate::{Feeds, GeneratorError, Settings};

/// Where they lie in the tree.
const FILES: [&str; 3] = [counts::FILE, latest::FILE, recent::FILE];
const FEEDS: [&str; 2] = [atom::FILE, json_feed::FILE];

/// For every second that the counts took, the generator does something else for so many.
const LEISURE: u32 = 20;
/// The counts may be so many changes behind, whatever they cost: half of what the small file holds.
const MOST_BEHIND: u64 = latest::MOST as u64 / 2;

/// How much the small files hold.
pub(crate) const SIZES: ListSizes = ListSizes { latest: latest::MOST, recent: recent::MOST };

/// When all counts were written last, how long that took, and the revision that the database had then.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace(Arc<Mutex<Option<(Instant, Duration, u64)>>>);

impl Pace {
    /// Whether all counts may be written now.
    pub(crate) fn is_due(&self) -> bool {
        self.last().is_none_or(|(ended, took, _)| ended.elapsed() >= took * LEISURE)
    }

    /// Whether the database has had so many changes since that the small file will soon not hold them. The file of counts may be
    /// further behind: it waits for an article that cannot be written, and to write it more often does not help.
    fn is_far_behind(&self, revision: u64) -> bool {
        self.last().is_none_or(|(_, _, written)| revision.abs_diff(written) > MOST_BEHIND)
    }

    fn last(&self) -> Option<(Instant, Duration, u64)> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn took(&self, time: Duration, revision: u64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), time, revision));
    }
}

/// Those that there are.
pub(crate) fn files(settings: &Settings) -> impl Iterator<Item = &'static str> {
    let feeds: &[&str] = if settings.feeds == Feeds::None { &[] } else { &FEEDS };
    let work: &[&str] = if settings.proof_bits == 0 { &[] } else { &[challenge::FILE] };
    FILES.iter().chain(feeds).chain(work).copied()
}

/// The newest comments, in each form, and the counts that changed last; without what readers would not find.
pub(crate) fn write_small(tree: &mut Tree<'_>, settings: &Settings, lists: &Lists, shown: &Shown) -> Result<(), GeneratorError> {
    let (Lists { latest, recent: newest, .. }, claim) = shown.bound(lists);
    let newest: Vec<_> = newest.iter().filter_map(|recent| Rendered::new(&recent.comment, &recent.title, settings)).collect();
    let mut files = vec![(latest::FILE, latest::render(&latest, claim)?), (recent::FILE, recent::render(&newest, settings)?)];
    if settings.feeds != Feeds::None {
        files.push((atom::FILE, atom::site(&newest, settings)?));
        files.push((json_feed::FILE, json_feed::render(&newest, settings)?));
    }
    put(tree, &files)
}

/// What browsers work on. It changes with time, and no row of work says so.
pub(crate) fn write_challenge_if_other(store: &Store, tree: &mut Tree<'_>, settings: &Settings) -> Result<(), GeneratorError> {
    match challenge(store, settings)? {
        Some(bytes) if !is_there(tree.beginning(challenge::FILE, challenge::HEAD), &bytes) => put(tree, &[(challenge::FILE, bytes)]),
        _ => Ok(()),
    }
}

/// The same, in a run that compares all files, precompressed ones too.
pub(crate) fn write_challenge(store: &Store, tree: &mut Tree<'_>, settings: &Settings) -> Result<(), GeneratorError> {
    challenge(store, settings)?.map_or(Ok(()), |bytes| put(tree, &[(challenge::FILE, bytes)]))
}

/// Whether the tree at `root` has another challenge than the newest.
pub(crate) fn challenge_is_old(store: &Store, root: &Path, settings: &Settings) -> Result<bool, GeneratorError> {
    let newest = challenge(store, settings)?;
    Ok(newest.is_some_and(|bytes| !is_there(tree::beginning(root, challenge::FILE, challenge::HEAD), &bytes)))
}

/// None: no work is asked for, or nothing was drawn yet.
fn challenge(store: &Store, settings: &Settings) -> Result<Option<Vec<u8>>, GeneratorError> {
    if settings.proof_bits == 0 {
        return Ok(None);
    }
    let newest = store.newest_challenge()?;
    Ok(newest.map(|newest| challenge::render(&newest, settings.proof_bits)).transpose()?)
}

fn is_there(beginning: Option<String>, bytes: &[u8]) -> bool {
    beginning.is_some_and(|text| text.as_bytes() == bytes)
}

/// All counts. Of articles for which rows of work wait, and of those that `failed`, the count is of what their files hold.
pub(crate) fn write_counts(store: &Store, tree: &mut Tree<'_>, failed: &BTreeSet<ArticlePath>, pace: &Pace) -> Result<(), GeneratorError> {
    let begun = Instant::now();
    // Asked first: what comes meanwhile is behind.
    let (revision, _) = store.revision()?;
    let here = tree.place();
    let counts = counts::render(store, &|change, is_waiting| {
        let may_be_older = !here.is_only_compared() && (is_waiting || failed.contains(&change.article));
        if may_be_older { shown::on_disk(&here, &change.article).len() as u64 } else { change.count }
    })?;
    put(tree, &[(counts::FILE, counts)])?;
    pace.took(begun.elapsed(), revision);
    Ok(())
}

pub(crate) fn write_counts_if_behind(
    store: &Store,
    tree: &mut Tree<'_>,
    failed: &BTreeSet<ArticlePath>,
    pace: &Pace,
) -> Result<(), GeneratorError> {
    if behind(store, tree.beginning(counts::FILE, counts::HEAD))? == 0 { Ok(()) } else { write_counts(store, tree, failed, pace) }
}

/// Whether all counts are so far behind that the small file will soon not hold what they lack.
pub(crate) fn counts_are_far_behind(store: &Store, tree: &Tree<'_>, pace: &Pace) -> Result<bool, GeneratorError> {
    Ok(behind(store, tree.beginning(counts::FILE, counts::HEAD))? > MOST_BEHIND && pace.is_far_behind(store.revision()?.0))
}

/// Whether the counts in the tree at `root` lack a change.
pub(crate) fn counts_are_behind(store: &Store, root: &Path) -> Result<bool, GeneratorError> {
    Ok(behind(store, tree::beginning(root, counts::FILE, counts::HEAD))? > 0)
}

/// By how many changes a file of counts that begins like this is behind; by all of them, if it is none, or of another epoch.
fn behind(store: &Store, beginning: Option<String>) -> Result<u64, GeneratorError> {
    let (revision, epoch) = store.revision()?;
    let written = beginning.and_then(|text| counts::revision(&text)).filter(|(_, of)| *of == epoch);
    Ok(written.map_or(u64::MAX, |(written, _)| revision.abs_diff(written)))
}

/// Begins another epoch if the tree has counts of a later revision than the database: then the database was restored from a backup,
/// and its next revisions mean other changes than those that pages were built with.
pub(crate) fn begin_epoch_if_restored(store: &Store, tree: &Tree<'_>) -> Result<(), GeneratorError> {
    let (revision, epoch) = store.revision()?;
    let published = tree.beginning(counts::FILE, counts::HEAD).and_then(|text| counts::revision(&text));
    if published.is_some_and(|(published, of)| of == epoch && published > revision) {
        tracing::warn!("the published counts are of a later revision than the database: it was restored from a backup");
        store.begin_epoch()?;
    }
    Ok(())
}

/// Together, so that they are flushed together.
fn put(tree: &mut Tree<'_>, files: &[(&str, Vec<u8>)]) -> Result<(), GeneratorError> {
    let place = tree.place();
    let changes: Vec<_> = files.iter().map(|(file, bytes)| place.put(file, bytes)).collect::<Result<_, _>>()?;
    Ok(tree.apply(vec![changes.into_iter().flatten().collect()]).into_iter().collect::<std::io::Result<()>>()?)
}
