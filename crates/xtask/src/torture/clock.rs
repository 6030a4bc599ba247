//! A wall clock that can be turned back: libfaketime in the process, never the machine's own clock.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

pub(crate) struct Clock {
    library: PathBuf,
    /// What it says is added to the time.
    offset: PathBuf,
}

impl Clock {
    pub(crate) fn new(library: &Path, folder: &Path) -> anyhow::Result<Self> {
        let clock = Self { library: library.to_owned(), offset: folder.join("clock") };
        clock.turn(0)?;
        Ok(clock)
    }

    /// By rename: a process reads the file at any moment.
    pub(crate) fn turn(&self, seconds: i64) -> anyhow::Result<()> {
        let new = self.offset.with_extension("new");
        std::fs::write(&new, format!("{seconds:+}s\n"))?;
        std::fs::rename(&new, &self.offset).with_context(|| self.offset.display().to_string())
    }

    /// The wall clock alone: no kernel sets the monotonic one back.
    pub(crate) fn wind(&self, command: &mut Command) {
        command.env("LD_PRELOAD", &self.library).env("FAKETIME_TIMESTAMP_FILE", &self.offset);
        command.env("FAKETIME_NO_CACHE", "1").env("DONT_FAKE_MONOTONIC", "1").env("NO_FAKE_STAT", "1");
    }
}
