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
use crate::tree::{self, Tree};
use crate::visible::{self, VisibleComments};
use crate::{Feeds, GeneratorError, Settings};

/// The files' paths in the tree.
const FILES: [&str; 3] = [counts::FILE, latest::FILE, recent::FILE];
const FEEDS: [&str; 2] = [atom::FILE, json_feed::FILE];

/// The throttle: after all counts took some time to write, at least this many times as long passes before they are written again.
const PAUSE_FACTOR: u32 = 20;
/// The number of changes after which all counts are written regardless of the throttle: half of what `latest.json` holds.
const MAX_MISSING_CHANGES: u64 = latest::MAX_ARTICLES as u64 / 2;

/// The sizes of the small lists.
pub(crate) const SIZES: ListSizes = ListSizes { latest: latest::MAX_ARTICLES, recent: recent::MAX_COMMENTS };

/// The throttle of `counts.json`: the last write, shared by all clones.
#[derive(Debug, Clone, Default)]
pub(crate) struct CountsThrottle(Arc<Mutex<Option<LastWrite>>>);

#[derive(Debug, Clone, Copy)]
struct LastWrite {
    ended: Instant,
    took: Duration,
    /// The database's revision at that time.
    revision: u64,
}

impl CountsThrottle {
    /// Returns whether all counts may be written now.
    pub(crate) fn is_due(&self) -> bool {
        self.last().is_none_or(|last| last.ended.elapsed() >= last.took * PAUSE_FACTOR)
    }

    /// Returns whether the database has had so many changes since the last write that `latest.json` will soon not hold them. The file
    /// itself may be further behind because of an article that cannot be written; writing it more often would not help.
    fn is_far_behind(&self, revision: u64) -> bool {
        self.last().is_none_or(|last| revision.abs_diff(last.revision) > MAX_MISSING_CHANGES)
    }

    fn last(&self) -> Option<LastWrite> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self, took: Duration, revision: u64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(LastWrite { ended: Instant::now(), took, revision });
    }
}

/// Returns the names of the lists that `settings` ask for.
pub(crate) fn files(settings: &Settings) -> impl Iterator<Item = &'static str> {
    let feeds: &[&str] = if settings.feeds == Feeds::None { &[] } else { &FEEDS };
    let challenge_file: &[&str] = if settings.proof_bits == 0 { &[] } else { &[challenge::FILE] };
    FILES.iter().chain(feeds).chain(challenge_file).copied()
}

/// Writes the newest comments in each format and the latest counts, without anything that readers would not find in the articles' files.
pub(crate) fn write_small(tree: &mut Tree<'_>, settings: &Settings, lists: &Lists, shown: &VisibleComments) -> Result<(), GeneratorError> {
    let (Lists { latest, recent: newest, .. }, claim) = shown.limit(lists);
    let newest: Vec<_> = newest.iter().filter_map(|recent| Rendered::new(&recent.comment, &recent.title, settings)).collect();
    let mut files = vec![(latest::FILE, latest::render(&latest, claim)?), (recent::FILE, recent::render(&newest, settings)?)];
    if settings.feeds != Feeds::None {
        files.push((atom::FILE, atom::site(&newest, settings)?));
        files.push((json_feed::FILE, json_feed::render(&newest, settings)?));
    }
    write_files(tree, &files)
}

/// Writes the challenge if it is outdated. It changes with time, without a row of work.
pub(crate) fn write_challenge_if_other(store: &Store, tree: &mut Tree<'_>, settings: &Settings) -> Result<(), GeneratorError> {
    match challenge(store, settings)? {
        Some(bytes) if !is_current(tree.beginning(challenge::FILE, challenge::HEAD_BYTES), &bytes) => {
            write_files(tree, &[(challenge::FILE, bytes)])
        }
        _ => Ok(()),
    }
}

/// Writes the challenge, comparing the precompressed forms too.
pub(crate) fn write_challenge(store: &Store, tree: &mut Tree<'_>, settings: &Settings) -> Result<(), GeneratorError> {
    challenge(store, settings)?.map_or(Ok(()), |bytes| write_files(tree, &[(challenge::FILE, bytes)]))
}

/// Returns whether the challenge in the tree at `root` is not the newest one.
pub(crate) fn challenge_is_old(store: &Store, root: &Path, settings: &Settings) -> Result<bool, GeneratorError> {
    let newest = challenge(store, settings)?;
    Ok(newest.is_some_and(|bytes| !is_current(tree::beginning(root, challenge::FILE, challenge::HEAD_BYTES), &bytes)))
}

/// Returns `None` if no proof of work is required, or if there is no challenge yet.
fn challenge(store: &Store, settings: &Settings) -> Result<Option<Vec<u8>>, GeneratorError> {
    if settings.proof_bits == 0 {
        return Ok(None);
    }
    let newest = store.newest_challenge()?;
    Ok(newest.map(|newest| challenge::render(&newest, settings.proof_bits)).transpose()?)
}

fn is_current(beginning: Option<String>, bytes: &[u8]) -> bool {
    beginning.is_some_and(|text| text.as_bytes() == bytes)
}

/// Writes all counts. For articles with rows of work, and those in `failed`, counts the comments in their files.
pub(crate) fn write_counts(
    store: &Store,
    tree: &mut Tree<'_>,
    failed: &BTreeSet<ArticlePath>,
    throttle: &CountsThrottle,
) -> Result<(), GeneratorError> {
    let begun = Instant::now();
    // Read first: changes that come in the meantime are not included.
    let (revision, _) = store.revision()?;
    let location = tree.location();
    let counts = counts::render(store, &|change, is_waiting| {
        let may_be_older = !location.is_read_only() && (is_waiting || failed.contains(&change.article));
        if may_be_older { visible::on_disk(&location, &change.article).len() as u64 } else { change.count }
    })?;
    write_files(tree, &[(counts::FILE, counts)])?;
    throttle.record(begun.elapsed(), revision);
    Ok(())
}

pub(crate) fn write_counts_if_behind(
    store: &Store,
    tree: &mut Tree<'_>,
    failed: &BTreeSet<ArticlePath>,
    throttle: &CountsThrottle,
) -> Result<(), GeneratorError> {
    if behind(store, tree.beginning(counts::FILE, counts::HEAD_BYTES))? == 0 { Ok(()) } else { write_counts(store, tree, failed, throttle) }
}

/// Returns whether all counts lack so many changes that `latest.json` will soon not hold them.
pub(crate) fn counts_are_far_behind(store: &Store, tree: &Tree<'_>, throttle: &CountsThrottle) -> Result<bool, GeneratorError> {
    Ok(behind(store, tree.beginning(counts::FILE, counts::HEAD_BYTES))? > MAX_MISSING_CHANGES
        && throttle.is_far_behind(store.revision()?.0))
}

/// Returns whether the counts in the tree at `root` lack a change.
pub(crate) fn counts_are_behind(store: &Store, root: &Path) -> Result<bool, GeneratorError> {
    Ok(behind(store, tree::beginning(root, counts::FILE, counts::HEAD_BYTES))? > 0)
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
    let published = tree.beginning(counts::FILE, counts::HEAD_BYTES).and_then(|text| counts::revision(&text));
    if published.is_some_and(|(published, of)| of == epoch && published > revision) {
        tracing::warn!("the published counts are of a later revision than the database: it was restored from a backup");
        store.begin_epoch()?;
    }
    Ok(())
}

/// Writes several files in one batch, so that they are flushed together.
fn write_files(tree: &mut Tree<'_>, files: &[(&str, Vec<u8>)]) -> Result<(), GeneratorError> {
    let location = tree.location();
    let changes: Vec<_> = files.iter().map(|(file, bytes)| location.put(file, bytes)).collect::<Result<_, _>>()?;
    Ok(tree.apply(vec![changes.into_iter().flatten().collect()]).into_iter().collect::<std::io::Result<()>>()?)
}
