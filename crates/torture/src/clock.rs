//! A wall clock that can be set back. libfaketime changes it inside one process; the machine's own clock stays as it is.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

pub(crate) struct Clock {
    library: PathBuf,
    /// The file from which libfaketime reads the offset.
    offset: PathBuf,
}

impl Clock {
    pub(crate) fn new(library: &Path, folder: &Path) -> anyhow::Result<Self> {
        let clock = Self { library: library.to_owned(), offset: folder.join("clock") };
        clock.set_offset(0)?;
        Ok(clock)
    }

    /// Replace the file by rename: a process may read it at any moment.
    pub(crate) fn set_offset(&self, seconds: i64) -> anyhow::Result<()> {
        let new = self.offset.with_extension("new");
        std::fs::write(&new, format!("{seconds:+}s\n"))?;
        std::fs::rename(&new, &self.offset).with_context(|| self.offset.display().to_string())
    }

    /// Changes the wall clock only: no kernel sets the monotonic clock back.
    pub(crate) fn apply_to(&self, command: &mut Command) {
        command.env("LD_PRELOAD", &self.library).env("FAKETIME_TIMESTAMP_FILE", &self.offset);
        command.env("FAKETIME_NO_CACHE", "1").env("DONT_FAKE_MONOTONIC", "1").env("NO_FAKE_STAT", "1");
    }
}
