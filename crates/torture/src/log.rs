//! The log: timed lines, each finding, and a report with all counts at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use anyhow::Context;

/// The number of findings that are printed and written to the file, because one bug may cause thousands. The report has the number of all
/// distinct ones.
const MAX_PRINTED: usize = 40;

pub(crate) struct Log {
    begun: Instant,
    inner: Mutex<Inner>,
}

struct Inner {
    file: File,
    /// The counters of the final report, by name.
    figures: BTreeMap<&'static str, u64>,
    faults: BTreeMap<&'static str, u64>,
    /// The longest duration of each kind, in milliseconds.
    longest: BTreeMap<&'static str, u128>,
    findings: BTreeSet<String>,
    skipped: BTreeSet<String>,
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
            skipped: BTreeSet::new(),
        };
        Ok(Self { begun: Instant::now(), inner: Mutex::new(inner) })
    }

    pub(crate) fn info(&self, text: impl AsRef<str>) {
        self.lock().line(self.begun, text.as_ref());
    }

    /// Counts an injected fault. The caller logs its effect.
    pub(crate) fn fault(&self, name: &'static str) {
        *self.lock().faults.entry(name).or_default() += 1;
    }

    pub(crate) fn add(&self, figure: &'static str, many: u64) {
        *self.lock().figures.entry(figure).or_default() += many;
    }

    pub(crate) fn record_longest(&self, what: &'static str, took: std::time::Duration) {
        let longest = &mut self.lock().longest;
        let kept = longest.entry(what).or_default();
        *kept = took.as_millis().max(*kept);
    }

    /// Records a violation. Equal texts count as one finding, so a text must contain what differs between two cases.
    pub(crate) fn finding(&self, text: impl Into<String>) {
        let text = text.into();
        let mut inner = self.lock();
        let known = inner.findings.len();
        if inner.findings.insert(text.clone()) && known < MAX_PRINTED {
            inner.line(self.begun, &format!("FINDING  {text}"));
        }
    }

    /// Records a fault that this machine cannot inject. The report lists it as skipped.
    pub(crate) fn skipped(&self, text: impl Into<String>) {
        let text = text.into();
        let mut inner = self.lock();
        if inner.skipped.insert(text.clone()) {
            inner.line(self.begun, &format!("SKIPPED  {text}"));
        }
    }

    /// Appends the skipped faults to a file for the summary of `cargo xtask test`.
    pub(crate) fn append_skipped_to(&self, file: &Path, database: &str) -> anyhow::Result<()> {
        let mut open = File::options().append(true).open(file).with_context(|| file.display().to_string())?;
        self.lock().skipped.iter().try_for_each(|text| writeln!(open, "torture of {database}: {text}"))?;
        Ok(())
    }

    pub(crate) fn findings(&self) -> usize {
        self.lock().findings.len()
    }

    /// Prints the final report. Returns true if there are no findings.
    pub(crate) fn print_report(&self, title: &str) -> bool {
        let mut inner = self.lock();
        let mut page = vec![String::new(), format!("════ {title}")];
        let row = |name: &str, value: String| format!("  {name:<44}{value:>12}");
        page.extend(inner.figures.iter().map(|(name, many)| row(name, many.to_string())));
        page.push("  faults injected".to_owned());
        page.extend(inner.faults.iter().map(|(name, many)| row(&format!("  {name}"), many.to_string())));
        page.push("  longest durations, in milliseconds".to_owned());
        page.extend(inner.longest.iter().map(|(name, took)| row(&format!("  {name}"), took.to_string())));
        page.extend(inner.skipped.iter().map(|text| format!("  SKIPPED: {text}")));
        page.push(row("FINDINGS", inner.findings.len().to_string()));
        page.extend(inner.findings.iter().take(MAX_PRINTED).map(|text| format!("    {text}")));
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
