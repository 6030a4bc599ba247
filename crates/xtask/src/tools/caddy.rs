use std::path::{Path, PathBuf};
use std::process::Command;

use crate::commands::{self, output_of};
use crate::tools::debian;

/// Finds the installed Caddy, or unpacks Debian's.
pub(crate) fn find(folder: &Path) -> anyhow::Result<PathBuf> {
    if let Some(binary) = commands::find(&["caddy"]) {
        return Ok(binary);
    }
    let binary = debian::unpack(folder, "debian-caddy", &["caddy"])?.join("usr/bin/caddy");
    output_of(Command::new(&binary).arg("version"))?;
    Ok(binary)
}
