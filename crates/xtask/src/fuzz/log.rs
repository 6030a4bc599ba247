use std::fs::File;
use std::path::{Path, PathBuf};

/// The output of a fuzz target: thousands of lines, of which a few are relevant.
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

    /// Opens the log for appending: standard output and standard error share it.
    pub(super) fn open(&self) -> anyhow::Result<File> {
        Ok(File::options().append(true).open(&self.file)?)
    }

    /// Returns the last state of the run, its figures, and errors.
    pub(super) fn summary(&self) -> anyhow::Result<String> {
        // The output contains the bytes of a finding, which need not be UTF-8.
        let text = String::from_utf8_lossy(&std::fs::read(&self.file)?).into_owned();
        Ok(relevant_lines(&text).join("\n"))
    }
}

fn relevant_lines(log: &str) -> Vec<&str> {
    let is_state = |line: &&str| line.starts_with('#') && line.contains("cov: ");
    let is_relevant = |line: &&str| {
        ["Done ", "stat::number_of_executed_units", "stat::average_exec_per_sec", "stat::slowest_unit_time_sec", "stat::peak_rss_mb"]
            .iter()
            .any(|start| line.starts_with(start))
            || ["panicked at", "ERROR:", "Test unit written to"].iter().any(|word| line.contains(word))
    };
    let mut lines: Vec<_> = log.lines().rfind(is_state).into_iter().collect();
    let mut rest = log.lines().peekable();
    while let Some(line) = rest.next() {
        if is_relevant(&line) {
            lines.push(line);
            // The message of a panic is on the line after its location.
            lines.extend(rest.next_if(|_| line.contains("panicked at")));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_relevant_lines_are_extracted() {
        let log = "INFO: Seed: 1\n#2\tINITED cov: 12 ft: 13 corp: 1/1b\n#9\tpulse  cov: 14 ft: 20 corp: 2/3b\nthread panicked at a.rs:1:2:\nwhy\nnoise\nDone 9 runs in 2 second(s)\n";
        let relevant_lines = super::relevant_lines(log);
        assert_eq!(
            relevant_lines,
            ["#9\tpulse  cov: 14 ft: 20 corp: 2/3b", "thread panicked at a.rs:1:2:", "why", "Done 9 runs in 2 second(s)"]
        );
    }
}
