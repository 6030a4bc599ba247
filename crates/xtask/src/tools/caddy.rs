use std::path::{Path, PathBuf};
use std::process::Command;

use crate::programs::{self, quietly};
use crate::tools::debian;

/// The system's, or Debian's unpacked.
pub(crate) fn find(folder: &Path) -> anyhow::Result<PathBuf> {
    if let Some(binary) = programs::find(&["caddy"]) {
        return Ok(binary);
    }
    let binary = debian::unpack(folder, "debian-caddy", &["caddy"])?.join("usr/bin/caddy");
    quietly(Command::new(&binary).arg("version"))?;
    Ok(binary)
}
