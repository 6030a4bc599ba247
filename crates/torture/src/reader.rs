//! A worker that reads every published file all the time and checks it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::health::GRACE;
use crate::published::{self, Counts, Published, Seen};
use crate::scenario::Scenario;

/// The pause between two reads of the whole tree. It leaves processor time for the program.
const READ_INTERVAL: Duration = Duration::from_millis(30);

#[derive(Default)]
struct Snapshot {
    counts: Option<Counts>,
    latest: Option<Counts>,
    articles: BTreeMap<String, u64>,
    files: u64,
}

/// Reads until the scenario has ended.
pub(crate) fn read(scenario: &Scenario<'_>) {
    let mut mismatches: BTreeMap<String, Instant> = BTreeMap::new();
    while !scenario.is_ended() {
        let begun = Instant::now();
        let snapshot = take_snapshot(scenario);
        scenario.log.add("files read by the reader", snapshot.files);
        scenario.log.add("reads of the whole tree", 1);
        compare(scenario, &snapshot, begun, &mut mismatches);
        thread::sleep(READ_INTERVAL);
    }
}

fn take_snapshot(scenario: &Scenario<'_>) -> Snapshot {
    let mut snapshot = Snapshot::default();
    // Folders and files may be removed during the walk.
    for found in walkdir::WalkDir::new(&scenario.site.tree).into_iter().flatten() {
        let Some(file) = found.path().strip_prefix(&scenario.site.tree).ok().and_then(Path::to_str) else { continue };
        let name = found.file_name().to_string_lossy();
        if !found.file_type().is_file() || name.starts_with(".ardoise") {
            continue;
        }
        read_file(scenario, &mut snapshot, file, found.path());
    }
    snapshot
}

fn read_file(scenario: &Scenario<'_>, snapshot: &mut Snapshot, file: &str, place: &Path) {
    let form = published::readable(file);
    let was_tampered = scenario.tampered.contains(form);
    let (read_at, settled) = (Instant::now(), scenario.health.is_settled());
    let Ok(bytes) = std::fs::read(place) else { return };
    snapshot.files += 1;
    let parsed = published::unpack(file, &bytes).and_then(|plain| published::parse(form, &plain));
    let complaint = match &parsed {
        Err(complaint) => Some(complaint.clone()),
        Ok(Published::Article(_, seen) | Published::Recent(seen)) => check_comments(scenario, seen, read_at, settled),
        Ok(Published::Counts(_) | Published::Feed) => None,
    };
    // Files that were tampered with are not checked until they were repaired.
    if was_tampered || scenario.tampered.contains(form) {
        return;
    }
    if let Some(complaint) = complaint {
        return scenario.log.finding(format!("in {file}: {complaint}"));
    }
    match parsed {
        Ok(Published::Article(path, seen)) => {
            missing(scenario, file, &path, &seen, read_at, settled);
            if file == form {
                snapshot.articles.insert(path, seen.len() as u64);
            }
        }
        Ok(Published::Counts(counts)) if file == "counts.json" => snapshot.counts = Some(counts),
        Ok(Published::Counts(counts)) if file == "latest.json" => snapshot.latest = Some(counts),
        _ => {}
    }
}

fn check_comments(scenario: &Scenario<'_>, seen: &[Seen], read_at: Instant, settled: bool) -> Option<String> {
    seen.iter().find_map(|seen| scenario.ledger.check_published(&seen.id, &seen.article, &seen.html, read_at, settled))
}

/// Reports comments that were approved long enough ago and are not in the file.
fn missing(scenario: &Scenario<'_>, file: &str, path: &str, seen: &[Seen], read_at: Instant, settled: bool) {
    if !settled {
        return;
    }
    let seen: BTreeSet<_> = seen.iter().map(|seen| seen.id.as_str()).collect();
    // Ask the ledger after the file was read, so that decisions made meanwhile are not expected in it.
    for id in scenario.ledger.overdue(path, read_at) {
        if !seen.contains(id.as_str()) {
            scenario.log.finding(format!("in {file}: {id} is approved, but missing"));
        }
    }
}

/// Compares counts and files. While decisions are made they differ for moments, but never for longer than [`GRACE`].
fn compare(scenario: &Scenario<'_>, snapshot: &Snapshot, begun: Instant, mismatches: &mut BTreeMap<String, Instant>) {
    let (Some(counts), true) = (&snapshot.counts, scenario.health.is_settled()) else { return mismatches.clear() };
    let shown = published::joined(counts, snapshot.latest.as_ref());
    let paths: BTreeSet<_> = shown.keys().chain(snapshot.articles.keys()).cloned().collect();
    mismatches.retain(|path, _| paths.contains(path));
    for path in paths {
        let (count, file) = (shown.get(&path), snapshot.articles.get(&path));
        if count == file || scenario.tampered.contains(&crate::site::file_of(&path)) {
            mismatches.remove(&path);
            continue;
        }
        let since = mismatches.entry(path.clone()).or_insert(begun);
        if since.elapsed() > GRACE {
            scenario.log.finding(format!("the count of {path} was {count:?} and its file contained {file:?} for {} s", GRACE.as_secs()));
        }
    }
}
