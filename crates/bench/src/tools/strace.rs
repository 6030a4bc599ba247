use std::path::{Path, PathBuf};
use std::process::Command;

use xtask::commands::{self, output_of};
use xtask::tools::debian;

/// Finds the installed strace, or unpacks Debian's. It counts flushes.
pub(crate) fn find(folder: &Path) -> anyhow::Result<PathBuf> {
    if let Some(binary) = commands::find(&["strace"]) {
        return Ok(binary);
    }
    let wrapper = debian::wrap(&debian::unpack(folder, "debian-strace", &["strace", "libunwind8"])?, "usr/bin/strace")?;
    output_of(Command::new(&wrapper).arg("-V"))?;
    Ok(wrapper)
}
