use std::path::{Path, PathBuf};
use std::process::Command;

use crate::commands::{self, output_of};
use crate::tools::debian;

/// Finds the installed rsync, or unpacks Debian's with the libraries that a minimal system lacks.
pub(crate) fn find(folder: &Path) -> anyhow::Result<PathBuf> {
    if let Some(binary) = commands::find(&["rsync"]) {
        return Ok(binary);
    }
    let place = debian::unpack(folder, "debian-rsync", &["rsync", "libpopt0", "libxxhash0", "libzstd1", "liblz4-1"])?;
    let wrapper = debian::wrap(&place, "usr/bin/rsync")?;
    output_of(Command::new(&wrapper).arg("--version"))?;
    Ok(wrapper)
}
