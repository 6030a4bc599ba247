use std::fs::File;
use std::path::{Path, PathBuf};

/// What a fuzz target prints: thousands of lines, of which a few matter.
pub(super) struct Log {
    file: PathBuf,
}

impl Log {
    pub(super) fn new(folder: &Path, target: &str) -> anyhow::Result<Self> {
        let log = Self { file: folder.join(format!("{target}.log")) };
        File::create(&log.file)?;
        Ok(log)
    }

    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// At its end: standard output and standard error share it.
    pub(super) fn open(&self) -> anyhow::Result<File> {
        Ok(File::options().append(true).open(&self.file)?)
    }

    /// The last state of the run, its figures, and what went wrong if anything did.
    pub(super) fn summary(&self) -> anyhow::Result<String> {
        // A finding is printed with its bytes, which need not be text.
        let text = String::from_utf8_lossy(&std::fs::read(&self.file)?).into_owned();
        Ok(matter(&text).join("\n"))
    }
}

fn matter(log: &str) -> Vec<&str> {
    let is_state = |line: &&str| line.starts_with('#') && line.contains("cov: ");
    let tells = |line: &&str| {
        ["Done ", "stat::number_of_executed_units", "stat::average_exec_per_sec", "stat::slowest_unit_time_sec", "stat::peak_rss_mb"]
            .iter()
            .any(|start| line.starts_with(start))
            || ["panicked at", "ERROR:", "Test unit written to"].iter().any(|word| line.contains(word))
    };
    let mut lines: Vec<_> = log.lines().rfind(is_state).into_iter().collect();
    let mut rest = log.lines().peekable();
    while let Some(line) = rest.next() {
        if tells(&line) {
            lines.push(line);
            // What a panic says stands on the line after where it was.
            lines.extend(rest.next_if(|_| line.contains("panicked at")));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_few_lines_matter() {
        let log = "INFO: Seed: 1\n#2\tINITED cov: 12 ft: 13 corp: 1/1b\n#9\tpulse  cov: 14 ft: 20 corp: 2/3b\nthread panicked at a.rs:1:2:\nwhy\nnoise\nDone 9 runs in 2 second(s)\n";
        let matter = super::matter(log);
        assert_eq!(matter, ["#9\tpulse  cov: 14 ft: 20 corp: 2/3b", "thread panicked at a.rs:1:2:", "why", "Done 9 runs in 2 second(s)"]);
    }
}
