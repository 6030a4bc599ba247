//! One approval: from the decision until the article's file is another.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, bail};
use ardoise_model::{Actor, Decision, Timestamp};
use ardoise_store::{SeenComment, Store};

use crate::bench::figures::median;
use crate::bench::running::Running;
use crate::bench::site::{Site, Waiting};
use crate::bench::usage::{self, kilobytes};
use crate::bench::{Bench, say};

/// How many of them.
pub(crate) const APPROVALS: usize = 60;
/// How often the file is looked at.
const LOOK: Duration = Duration::from_micros(50);
/// How long an approval may take before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long `serve` may be at work when it starts: it compares the whole tree.
const START: Duration = Duration::from_secs(1800);

/// Milliseconds.
pub(crate) struct Approved {
    /// Half of the approvals took at most so long.
    pub(crate) median: f64,
    pub(crate) slowest: f64,
    /// Creating, flushing and renaming a file of the same size: half of these took at most so long.
    pub(crate) one_file: f64,
    /// What `serve` had resident before.
    pub(crate) idle_bytes: u64,
}

/// Approves what waits, one after the other, while `serve` runs and has nothing else to do.
pub(crate) fn measure(bench: &Bench, site: &Site<'_>, waiting: &[Waiting]) -> anyhow::Result<Approved> {
    say("serve, until it has nothing to do");
    let mut serve = site.serve()?;
    until_idle(&mut serve)?;
    let idle_bytes = kilobytes(serve.pid(), "status", "VmRSS:").context("serve has ended")? * 1024;
    say(&format!("{} approvals", waiting.len()));
    let store = Store::open(&format!("sqlite:{}", site.database().display()).parse()?)?;
    let (mut approvals, mut files) = (Vec::new(), Vec::new());
    for (n, one) in waiting.iter().enumerate() {
        let file = site.file_of(&one.article);
        files.push(one_file(&bench.folder, fs::metadata(&file).with_context(|| file.display().to_string())?.len())?);
        // Long enough for the files that are written after the article's; never in step with anything that looks at intervals.
        thread::sleep(Duration::from_millis(150 + (n as u64 * 37) % 211));
        approvals.push(approve(&store, one, &file).with_context(|| format!("serve said:\n{}", serve.said()))?);
    }
    let slowest = approvals.iter().copied().fold(0.0, f64::max);
    let median = |values| median(values).context("nothing waited");
    Ok(Approved { median: median(approvals)?, slowest, one_file: median(files)?, idle_bytes })
}

/// The clock starts before the decision and stops when the file is another.
fn approve(store: &Store, one: &Waiting, file: &Path) -> anyhow::Result<f64> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let now = Timestamp(i64::try_from(now.as_millis())?);
    let before = replaced(file)?;
    let seen = SeenComment::read(&store.detail(&one.id)?.comment);
    let begun = Instant::now();
    store.decide(&[seen], Decision::Approve, &Actor::COMMAND, now)?;
    while replaced(file)? == before {
        if begun.elapsed() > PATIENCE {
            bail!("{} was approved, and {} s later {} is as it was", one.id.as_str(), PATIENCE.as_secs(), file.display());
        }
        thread::sleep(LOOK);
    }
    Ok(begun.elapsed().as_secs_f64() * 1000.0)
}

/// When it was put there. It is replaced by rename, so it is never missing.
fn replaced(file: &Path) -> anyhow::Result<SystemTime> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).with_context(|| file.display().to_string())
}

/// The least that putting a file of that size in place safely can take.
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

/// Until it uses next to no processor time for a second.
fn until_idle(serve: &mut Running) -> anyhow::Result<()> {
    let pid = serve.pid();
    let (mut looked, mut before) = (Instant::now(), None);
    serve.until("it has nothing to do", START, || {
        if looked.elapsed() < Duration::from_secs(1) {
            return false;
        }
        let now = usage::usage(&[pid]).ok().map(|usage| usage.cpu_seconds);
        let idle = now.zip(before).is_some_and(|(now, before)| now - before < 0.03);
        (looked, before) = (Instant::now(), now);
        idle
    })
}
