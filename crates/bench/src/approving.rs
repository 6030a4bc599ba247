//! Measures single approvals: the time from the decision to the replacement of the article's file.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, bail};
use ardoise_model::{Actor, Decision, Timestamp};
use ardoise_store::{SeenComment, Store};

use crate::context::{Bench, progress};
use crate::figures::median;
use crate::process::Running;
use crate::site::{PendingComment, Site};
use crate::usage::{self, kilobytes};

/// The number of approvals.
pub(crate) const APPROVALS: usize = 60;
/// How often the file is checked.
const POLL_INTERVAL: Duration = Duration::from_micros(50);
/// The timeout of an approval.
const TIMEOUT: Duration = Duration::from_secs(60);
/// The timeout for the start of `serve`, which compares the whole tree.
const START_TIMEOUT: Duration = Duration::from_secs(1800);

/// The results, in milliseconds.
pub(crate) struct Approved {
    /// The median of the approvals.
    pub(crate) median: f64,
    pub(crate) slowest: f64,
    /// The median of creating, flushing and renaming a file of the same size.
    pub(crate) one_file: f64,
    /// The resident memory of `serve` before the approvals.
    pub(crate) idle_bytes: u64,
}

/// Approves the pending comments one after the other, while `serve` is otherwise idle.
pub(crate) fn measure(bench: &Bench, site: &Site<'_>, waiting: &[PendingComment]) -> anyhow::Result<Approved> {
    progress("serve, until it is idle");
    let mut serve = site.serve()?;
    until_idle(&mut serve)?;
    let idle_bytes = kilobytes(serve.pid(), "status", "VmRSS:").context("serve has ended")? * 1024;
    progress(&format!("{} approvals", waiting.len()));
    let store = Store::open(&format!("sqlite:{}", site.database().display()).parse()?)?;
    let (mut approvals, mut files) = (Vec::new(), Vec::new());
    for (n, one) in waiting.iter().enumerate() {
        let file = site.file_of(&one.article);
        files.push(one_file(&bench.folder, fs::metadata(&file).with_context(|| file.display().to_string())?.len())?);
        // Long enough for the files that are written after the article's, and varied, so as not to be in step with anything periodic.
        thread::sleep(Duration::from_millis(150 + (n as u64 * 37) % 211));
        approvals.push(approve(&store, one, &file).with_context(|| format!("the log of serve:\n{}", serve.output()))?);
    }
    let slowest = approvals.iter().copied().fold(0.0, f64::max);
    let median = |values| median(values).context("there are no pending comments");
    Ok(Approved { median: median(approvals)?, slowest, one_file: median(files)?, idle_bytes })
}

/// Returns the time from just before the decision until the file is replaced.
fn approve(store: &Store, one: &PendingComment, file: &Path) -> anyhow::Result<f64> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let now = Timestamp(i64::try_from(now.as_millis())?);
    let before = modified(file)?;
    let seen = SeenComment::read(&store.detail(&one.id)?.comment);
    let begun = Instant::now();
    store.decide(&[seen], Decision::Approve, &Actor::COMMAND, now)?;
    while modified(file)? == before {
        if begun.elapsed() > TIMEOUT {
            bail!("{} was approved, and {} s later {} is unchanged", one.id.as_str(), TIMEOUT.as_secs(), file.display());
        }
        thread::sleep(POLL_INTERVAL);
    }
    Ok(begun.elapsed().as_secs_f64() * 1000.0)
}

/// Returns the modification time. The file is replaced by rename, so it is never missing.
fn modified(file: &Path) -> anyhow::Result<SystemTime> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).with_context(|| file.display().to_string())
}

/// Returns how long it takes to create, flush and rename one file of this size, in milliseconds.
fn one_file(folder: &Path, size: u64) -> anyhow::Result<f64> {
    let bytes = vec![b'x'; usize::try_from(size)?];
    let (beside, place) = (folder.join("one-file.tmp"), folder.join("one-file"));
    let begun = Instant::now();
    let mut file = File::create(&beside)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&beside, &place)?;
    Ok(begun.elapsed().as_secs_f64() * 1000.0)
}

/// Waits until the process uses next to no processor time for a second.
fn until_idle(serve: &mut Running) -> anyhow::Result<()> {
    let pid = serve.pid();
    let (mut looked, mut before) = (Instant::now(), None);
    serve.wait_until("idleness", START_TIMEOUT, || {
        if looked.elapsed() < Duration::from_secs(1) {
            return false;
        }
        let now = usage::usage(&[pid]).ok().map(|usage| usage.cpu_seconds);
        let idle = now.zip(before).is_some_and(|(now, before)| now - before < 0.03);
        (looked, before) = (Instant::now(), now);
        idle
    })
}
