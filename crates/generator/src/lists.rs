//! The lists: files that every page of the site uses (the newest comments, the latest counts, all counts), and the challenge for forms.
//!
//! All counts of a site with 100 000 articles are some megabytes, and cost a hundred times as much as an article. Writing them is therefore
//! throttled; in the meantime, readers find the latest counts in the small file `latest.json`.

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

/// The files' paths in the tree.
const FILES: [&str; 3] = [counts::FILE, latest::FILE, recent::FILE];
const FEEDS: [&str; 2] = [atom::FILE, json_feed::FILE];

/// The throttle: after all counts took some time to write, at least this many times as long passes before they are written again.
const LEISURE: u32 = 20;
/// The number of changes after which all counts are written regardless of the throttle: half of what `latest.json` holds.
const MOST_BEHIND: u64 = latest::MOST as u64 / 2;

/// The sizes of the small lists.
pub(crate) const SIZES: ListSizes = ListSizes { latest: latest::MOST, recent: recent::MOST };

/// The throttle of `counts.json`: when it was written last, how long that took, and the database's revision at that time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace(Arc<Mutex<Option<(Instant, Duration, u64)>>>);

impl Pace {
    /// Returns whether all counts may be written now.
    pub(crate) fn is_due(&self) -> bool {
        self.last().is_none_or(|(ended, took, _)| ended.elapsed() >= took * LEISURE)
    }

    /// Returns whether the database has had so many changes since the last write that `latest.json` will soon not hold them. The file
    /// itself may be further behind because of an article that cannot be written; writing it more often would not help.
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

/// Returns the names of the lists that `settings` ask for.
pub(crate) fn files(settings: &Settings) -> impl Iterator<Item = &'static str> {
    let feeds: &[&str] = if settings.feeds == Feeds::None { &[] } else { &FEEDS };
    let work: &[&str] = if settings.proof_bits == 0 { &[] } else { &[challenge::FILE] };
    FILES.iter().chain(feeds).chain(work).copied()
}

/// Writes the newest comments in each format and the latest counts, without anything that readers would not find in the articles' files.
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

/// Writes the challenge if it is outdated. It changes with time, without a row of work.
pub(crate) fn write_challenge_if_other(store: &Store, tree: &mut Tree<'_>, settings: &Settings) -> Result<(), GeneratorError> {
    match challenge(store, settings)? {
        Some(bytes) if !is_there(tree.beginning(challenge::FILE, challenge::HEAD), &bytes) => put(tree, &[(challenge::FILE, bytes)]),
        _ => Ok(()),
    }
}

/// Writes the challenge, comparing the precompressed forms too.
pub(crate) fn write_challenge(store: &Store, tree: &mut Tree<'_>, settings: &Settings) -> Result<(), GeneratorError> {
    challenge(store, settings)?.map_or(Ok(()), |bytes| put(tree, &[(challenge::FILE, bytes)]))
}

/// Returns whether the challenge in the tree at `root` is not the newest one.
pub(crate) fn challenge_is_old(store: &Store, root: &Path, settings: &Settings) -> Result<bool, GeneratorError> {
    let newest = challenge(store, settings)?;
    Ok(newest.is_some_and(|bytes| !is_there(tree::beginning(root, challenge::FILE, challenge::HEAD), &bytes)))
}

/// Returns `None` if no proof of work is required, or if there is no challenge yet.
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

/// Writes all counts. For articles with rows of work, and those in `failed`, counts the comments in their files.
pub(crate) fn write_counts(store: &Store, tree: &mut Tree<'_>, failed: &BTreeSet<ArticlePath>, pace: &Pace) -> Result<(), GeneratorError> {
    let begun = Instant::now();
    // Read first: changes that come in the meantime are not included.
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

/// Returns whether all counts lack so many changes that `latest.json` will soon not hold them.
pub(crate) fn counts_are_far_behind(store: &Store, tree: &Tree<'_>, pace: &Pace) -> Result<bool, GeneratorError> {
    Ok(behind(store, tree.beginning(counts::FILE, counts::HEAD))? > MOST_BEHIND && pace.is_far_behind(store.revision()?.0))
}

/// Returns whether the counts in the tree at `root` lack a change.
pub(crate) fn counts_are_behind(store: &Store, root: &Path) -> Result<bool, GeneratorError> {
    Ok(behind(store, tree::beginning(root, counts::FILE, counts::HEAD))? > 0)
}

/// Returns how many changes a `counts.json` that starts with `beginning` lacks: all of them if it is missing or of another epoch.
fn behind(store: &Store, beginning: Option<String>) -> Result<u64, GeneratorError> {
    let (revision, epoch) = store.revision()?;
    let written = beginning.and_then(|text| counts::revision(&text)).filter(|(_, of)| *of == epoch);
    Ok(written.map_or(u64::MAX, |(written, _)| revision.abs_diff(written)))
}

/// Begins another epoch if the published counts are of a later revision than the database. Then the database was restored from a backup,
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

/// Writes several files in one batch, so that they are flushed together.
fn put(tree: &mut Tree<'_>, files: &[(&str, Vec<u8>)]) -> Result<(), GeneratorError> {
    let place = tree.place();
    let changes: Vec<_> = files.iter().map(|(file, bytes)| place.put(file, bytes)).collect::<Result<_, _>>()?;
    Ok(tree.apply(vec![changes.into_iter().flatten().collect()]).into_iter().collect::<std::io::Result<()>>()?)
}
