use std::path::{Path, PathBuf};
use std::process::Command;

use crate::programs::{self, quietly};
use crate::tools::debian;

/// The system's, or Debian's unpacked. It counts how often a program flushes.
pub(crate) fn find(folder: &Path) -> anyhow::Result<PathBuf> {
    if let Some(binary) = programs::find(&["strace"]) {
        return Ok(binary);
    }
    let wrapper = debian::wrap(&debian::unpack(folder, "debian-strace", &["strace", "libunwind8"])?, "usr/bin/strace")?;
    quietly(Command::new(&wrapper).arg("-V"))?;
    Ok(wrapper)
}
