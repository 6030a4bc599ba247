//! Another process holds the lock of the SQLite database.

use std::process::{Command, Stdio};
use std::thread;

use anyhow::Context;
use xtask::commands::find;

use crate::random::Random;
use crate::scenario::Scenario;

/// Acquires the lock, prints a line, and holds the lock until it is killed.
const HOLD_LOCK_SCRIPT: &str = "
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
connection.execute('BEGIN ' + sys.argv[2])
print('locked', flush=True)
time.sleep(600)
";

pub(crate) fn sqlite(scenario: &Scenario<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let python = find(&["python3"]).context("python3 is missing; install it: sudo apt-get install python3")?;
    let kind = *random.pick(&["IMMEDIATE", "EXCLUSIVE"]).unwrap_or(&"IMMEDIATE");
    let mut holder = Command::new(python);
    holder.args(["-c", HOLD_LOCK_SCRIPT]).arg(scenario.site.database()).arg(kind).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut holder = holder.spawn()?;
    let mut line = [0; 6];
    let locked = holder.stdout.as_mut().map(|out| std::io::Read::read_exact(out, &mut line));
    // Up to twice the program's own timeout.
    let lasts = random.milliseconds(200, 8000);
    if locked.is_some_and(|read| read.is_ok()) {
        thread::sleep(lasts);
    }
    holder.kill()?;
    let ended = holder.wait_with_output()?;
    if line != *b"locked" {
        // This happens on a full disk, for example.
        let words = String::from_utf8_lossy(&ended.stderr).lines().next_back().unwrap_or_default().to_owned();
        return Ok(format!("the database could not even be locked: {words}"));
    }
    Ok(format!("another process held the database ({kind}) for {:.1} s", lasts.as_secs_f64()))
}
