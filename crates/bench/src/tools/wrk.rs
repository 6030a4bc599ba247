use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::ensure;
use xtask::commands;
use xtask::tools::debian;

/// Finds the installed wrk, or unpacks Debian's. It generates HTTP load.
pub(crate) fn find(folder: &Path) -> anyhow::Result<PathBuf> {
    if let Some(binary) = commands::find(&["wrk"]) {
        return Ok(binary);
    }
    let place = debian::unpack(folder, "debian-wrk", &["wrk", "libluajit-5.1-2"])?;
    let wrapper = debian::wrap(&place, "usr/bin/wrk")?;
    // wrk prints its version, but exits with 1.
    let output = Command::new(&wrapper).arg("-v").output()?;
    let output = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    ensure!(output.starts_with("wrk "), "the unpacked program does not run ({output}); install it by hand: sudo apt-get install wrk");
    Ok(wrapper)
}
