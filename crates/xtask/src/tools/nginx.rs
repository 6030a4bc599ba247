//! The web server nginx.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::commands::{self, output_of};
use crate::tools::debian;

/// Finds the installed nginx, or unpacks Debian's.
pub fn find(folder: &Path) -> anyhow::Result<PathBuf> {
    if let Some(binary) = commands::find(&["nginx"]) {
        return Ok(binary);
    }
    let binary = debian::unpack(folder, "debian-nginx", &["nginx"])?.join("usr/sbin/nginx");
    output_of(Command::new(&binary).arg("-v"))?;
    Ok(binary)
}
