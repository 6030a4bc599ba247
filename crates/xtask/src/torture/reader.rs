//! A reader who fetches every file all the time, and believes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::torture::leg::Leg;
use crate::torture::shape::{self, Counts, Published, Seen};
use crate::torture::weather::GRACE;

/// Between two looks at the whole tree, so that two cores are left for the program.
const PAUSE: Duration = Duration::from_millis(30);

#[derive(Default)]
struct Look {
    counts: Option<Counts>,
    latest: Option<Counts>,
    articles: BTreeMap<String, u64>,
    files: u64,
}

/// Reads until the leg is over.
pub(crate) fn read(leg: &Leg<'_>) {
    let mut disagree: BTreeMap<String, Instant> = BTreeMap::new();
    while !leg.is_over() {
        let begun = Instant::now();
        let look = look(leg);
        leg.log.add("files read by the reader", look.files);
        leg.log.add("looks at the whole tree", 1);
        compare(leg, &look, begun, &mut disagree);
        thread::sleep(PAUSE);
    }
}

fn look(leg: &Leg<'_>) -> Look {
    let mut look = Look::default();
    // Folders and files may go while we walk.
    for found in walkdir::WalkDir::new(&leg.ground.tree).into_iter().flatten() {
        let Some(file) = found.path().strip_prefix(&leg.ground.tree).ok().and_then(Path::to_str) else { continue };
        let name = found.file_name().to_string_lossy();
        if !found.file_type().is_file() || name.starts_with(".ardoise") {
            continue;
        }
        one(leg, &mut look, file, found.path());
    }
    look
}

fn one(leg: &Leg<'_>, look: &mut Look, file: &str, place: &Path) {
    let form = shape::readable(file);
    let off_limits = leg.strangers.touched(form);
    let (read_at, settled) = (Instant::now(), leg.weather.is_settled());
    let Ok(bytes) = std::fs::read(place) else { return };
    look.files += 1;
    let parsed = shape::unpack(file, &bytes).and_then(|plain| shape::parse(form, &plain));
    let complaint = match &parsed {
        Err(complaint) => Some(complaint.clone()),
        Ok(Published::Article(_, seen) | Published::Recent(seen)) => judge(leg, seen, read_at, settled),
        Ok(Published::Counts(_) | Published::Feed) => None,
    };
    // What a stranger has done is no fault of the program, until it was healed.
    if off_limits || leg.strangers.touched(form) {
        return;
    }
    if let Some(complaint) = complaint {
        return leg.log.finding(format!("the reader of {file}: {complaint}"));
    }
    match parsed {
        Ok(Published::Article(path, seen)) => {
            missing(leg, file, &path, &seen, read_at, settled);
            if file == form {
                look.articles.insert(path, seen.len() as u64);
            }
        }
        Ok(Published::Counts(counts)) if file == "counts.json" => look.counts = Some(counts),
        Ok(Published::Counts(counts)) if file == "latest.json" => look.latest = Some(counts),
        _ => {}
    }
}

fn judge(leg: &Leg<'_>, seen: &[Seen], read_at: Instant, settled: bool) -> Option<String> {
    seen.iter().find_map(|seen| leg.ledger.judge(&seen.id, &seen.article, &seen.html, read_at, settled))
}

/// Approved a while ago, and not to be seen.
fn missing(leg: &Leg<'_>, file: &str, path: &str, seen: &[Seen], read_at: Instant, settled: bool) {
    if !settled {
        return;
    }
    let seen: BTreeSet<_> = seen.iter().map(|seen| seen.id.as_str()).collect();
    // Asked after the file was read: what was decided anew meanwhile is not due.
    for id in leg.ledger.due(path, read_at) {
        if !seen.contains(id.as_str()) {
            leg.log.finding(format!("the reader of {file}: {id} was approved, and is not there"));
        }
    }
}

/// While decisions go on, counts and files differ for a moment again and again, but never for long.
fn compare(leg: &Leg<'_>, look: &Look, begun: Instant, disagree: &mut BTreeMap<String, Instant>) {
    let (Some(counts), true) = (&look.counts, leg.weather.is_settled()) else { return disagree.clear() };
    let shown = shape::joined(counts, look.latest.as_ref());
    let paths: BTreeSet<_> = shown.keys().chain(look.articles.keys()).cloned().collect();
    disagree.retain(|path, _| paths.contains(path));
    for path in paths {
        let (count, file) = (shown.get(&path), look.articles.get(&path));
        if count == file || leg.strangers.touched(&crate::torture::ground::file_of(&path)) {
            disagree.remove(&path);
            continue;
        }
        let since = disagree.entry(path.clone()).or_insert(begun);
        if since.elapsed() > GRACE {
            leg.log.finding(format!("the count of {path} was {count:?} and its file held {file:?} for {} s", GRACE.as_secs()));
        }
    }
}
