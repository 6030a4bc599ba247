use std::path::{Path, PathBuf};
use std::process::Command;

use crate::programs::{self, quietly};
use crate::tools::debian;

/// The system's, or Debian's unpacked with the libraries that a small system lacks.
pub(crate) fn find(folder: &Path) -> anyhow::Result<PathBuf> {
    if let Some(binary) = programs::find(&["rsync"]) {
        return Ok(binary);
    }
    let place = debian::unpack(folder, "debian-rsync", &["rsync", "libpopt0", "libxxhash0", "libzstd1", "liblz4-1"])?;
    let wrapper = debian::wrap(&place, "usr/bin/rsync")?;
    quietly(Command::new(&wrapper).arg("--version"))?;
    Ok(wrapper)
}
