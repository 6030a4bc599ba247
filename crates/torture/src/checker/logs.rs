//! The logs of the processes contain no panic and no internal error.

use std::process::Command;

use anyhow::Context;
use xtask::commands::{find, output_of};

use crate::scenario::Scenario;

/// Texts that must not occur in any log, and their meaning.
const FORBIDDEN_TEXTS: [(&str, &str); 4] = [
    ("panicked at", "a panic"),
    ("the database refused a query", "a query that failed; a reader got 500"),
    ("malformed", "a damaged database"),
    ("the database holds ", "a row that cannot be read"),
];

/// The service answered with 503; nothing was stored.
const REFUSED_TEXT: &str = "its author was asked to try again";

pub(crate) fn check(scenario: &Scenario<'_>) -> anyhow::Result<()> {
    let mut logs = 0;
    for file in std::fs::read_dir(scenario.site.logs())? {
        let file = file?;
        let text = String::from_utf8_lossy(&std::fs::read(file.path())?).into_owned();
        logs += 1;
        for (word, meaning) in FORBIDDEN_TEXTS {
            if let Some(line) = text.lines().find(|line| line.contains(word) && !line.contains(REFUSED_TEXT)) {
                scenario.log.finding(format!("{meaning} in {}: {line}", file.file_name().to_string_lossy()));
            }
        }
    }
    scenario.log.add("logs of processes searched", logs);
    if scenario.site.database().exists() {
        integrity(scenario)?;
    }
    Ok(())
}

const INTEGRITY_SCRIPT: &str = "
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print([row[0] for row in connection.execute('PRAGMA integrity_check')], connection.execute('PRAGMA foreign_key_check').fetchall())
";

/// Runs SQLite's own integrity check.
fn integrity(scenario: &Scenario<'_>) -> anyhow::Result<()> {
    let python = find(&["python3"]).context("python3 is missing; install it: sudo apt-get install python3")?;
    let text = output_of(Command::new(python).args(["-c", INTEGRITY_SCRIPT]).arg(scenario.site.database()))?;
    if text.trim() != "['ok'] []" {
        scenario.log.finding(format!("the database is damaged: {text}"));
    }
    Ok(())
}
