//! What the processes said: no panic, no answer of 500.

use std::process::Command;

use anyhow::Context;

use crate::programs::{find, quietly};
use crate::torture::leg::Leg;

/// Words that must not be in any log, and what they mean.
const WORDS: [(&str, &str); 4] = [
    ("panicked at", "a panic"),
    ("the database refused a query", "a query that failed; a reader got 500"),
    ("malformed", "a damaged database"),
    ("the database holds ", "a row that cannot be read"),
];

/// That one was answered with 503; nothing was kept.
const REFUSED: &str = "its author was asked to try again";

pub(crate) fn check(leg: &Leg<'_>) -> anyhow::Result<()> {
    let mut logs = 0;
    for file in std::fs::read_dir(leg.ground.logs())? {
        let file = file?;
        let said = String::from_utf8_lossy(&std::fs::read(file.path())?).into_owned();
        logs += 1;
        for (word, meaning) in WORDS {
            if let Some(line) = said.lines().find(|line| line.contains(word) && !line.contains(REFUSED)) {
                leg.log.finding(format!("{meaning} in {}: {line}", file.file_name().to_string_lossy()));
            }
        }
    }
    leg.log.add("logs of processes searched", logs);
    if leg.ground.database().exists() {
        integrity(leg)?;
    }
    Ok(())
}

const INTEGRITY: &str = "
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print([row[0] for row in connection.execute('PRAGMA integrity_check')], connection.execute('PRAGMA foreign_key_check').fetchall())
";

/// SQLite's own word on its file.
fn integrity(leg: &Leg<'_>) -> anyhow::Result<()> {
    let python = find(&["python3"]).context("python3 is missing; install it: sudo apt-get install python3")?;
    let said = quietly(Command::new(python).args(["-c", INTEGRITY]).arg(leg.ground.database()))?;
    if said.trim() != "['ok'] []" {
        leg.log.finding(format!("the database is damaged: {said}"));
    }
    Ok(())
}
