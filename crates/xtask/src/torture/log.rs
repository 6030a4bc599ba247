//! The log, which reads alone: each fault with its time and what followed, each finding, and one page of figures at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use anyhow::Context;

/// A fault in the program may show a thousand times; so many are printed, and all are counted.
const MOST_PRINTED: usize = 40;

pub(crate) struct Log {
    begun: Instant,
    inner: Mutex<Inner>,
}

struct Inner {
    file: File,
    /// Figures of the last page, by name.
    figures: BTreeMap<&'static str, u64>,
    faults: BTreeMap<&'static str, u64>,
    /// The longest that something took, in milliseconds.
    longest: BTreeMap<&'static str, u128>,
    findings: BTreeSet<String>,
    not_done: BTreeSet<String>,
}

impl Log {
    pub(crate) fn create(file: &Path) -> anyhow::Result<Self> {
        let open = File::create(file).with_context(|| file.display().to_string())?;
        let inner = Inner {
            file: open,
            figures: BTreeMap::new(),
            faults: BTreeMap::new(),
            longest: BTreeMap::new(),
            findings: BTreeSet::new(),
            not_done: BTreeSet::new(),
        };
        Ok(Self { begun: Instant::now(), inner: Mutex::new(inner) })
    }

    pub(crate) fn say(&self, text: impl AsRef<str>) {
        self.lock().line(self.begun, text.as_ref());
    }

    pub(crate) fn fault(&self, name: &'static str) {
        *self.lock().faults.entry(name).or_default() += 1;
    }

    pub(crate) fn add(&self, figure: &'static str, many: u64) {
        *self.lock().figures.entry(figure).or_default() += many;
    }

    pub(crate) fn longest(&self, what: &'static str, took: std::time::Duration) {
        let longest = &mut self.lock().longest;
        let kept = longest.entry(what).or_default();
        *kept = took.as_millis().max(*kept);
    }

    /// Something that must not be. The same words are one finding, so what differs between two cases must be in them.
    pub(crate) fn finding(&self, text: impl Into<String>) {
        let text = text.into();
        let mut inner = self.lock();
        let known = inner.findings.len();
        if inner.findings.insert(text.clone()) && known < MOST_PRINTED {
            inner.line(self.begun, &format!("FINDING  {text}"));
        }
    }

    /// A fault that this machine does not let us make. It must not be taken for one that was survived.
    pub(crate) fn not_done(&self, text: impl Into<String>) {
        let text = text.into();
        let mut inner = self.lock();
        if inner.not_done.insert(text.clone()) {
            inner.line(self.begun, &format!("NOT DONE  {text}"));
        }
    }

    /// Adds what was not done to a file, for those who report of more than this torture.
    pub(crate) fn add_not_done_to(&self, file: &Path, database: &str) -> anyhow::Result<()> {
        let mut open = File::options().append(true).open(file).with_context(|| file.display().to_string())?;
        self.lock().not_done.iter().try_for_each(|text| writeln!(open, "torture of {database}: {text}"))?;
        Ok(())
    }

    pub(crate) fn findings(&self) -> usize {
        self.lock().findings.len()
    }

    /// The last page. True: nothing was found.
    pub(crate) fn last_page(&self, title: &str) -> bool {
        let mut inner = self.lock();
        let mut page = vec![String::new(), format!("════ {title}")];
        let row = |name: &str, value: String| format!("  {name:<44}{value:>12}");
        page.extend(inner.figures.iter().map(|(name, many)| row(name, many.to_string())));
        page.push("  faults made".to_owned());
        page.extend(inner.faults.iter().map(|(name, many)| row(&format!("  {name}"), many.to_string())));
        page.push("  the longest, in milliseconds".to_owned());
        page.extend(inner.longest.iter().map(|(name, took)| row(&format!("  {name}"), took.to_string())));
        page.extend(inner.not_done.iter().map(|text| format!("  NOT DONE: {text}")));
        page.push(row("FINDINGS", inner.findings.len().to_string()));
        page.extend(inner.findings.iter().take(MOST_PRINTED).map(|text| format!("    {text}")));
        for line in page {
            inner.print(&line);
        }
        inner.findings.is_empty()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn line(&mut self, begun: Instant, text: &str) {
        self.print(&format!("[{:>8.2} s] {text}", begun.elapsed().as_secs_f64()));
    }

    fn print(&mut self, line: &str) {
        println!("{line}");
        if let Err(error) = writeln!(self.file, "{line}") {
            eprintln!("the log could not be written: {error}");
        }
    }
}
