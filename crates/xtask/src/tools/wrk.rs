use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::ensure;

use crate::programs;
use crate::tools::debian;

/// The system's, or Debian's unpacked. It measures: so many clients at once, and what they were answered.
pub(crate) fn find(folder: &Path) -> anyhow::Result<PathBuf> {
    if let Some(binary) = programs::find(&["wrk"]) {
        return Ok(binary);
    }
    let place = debian::unpack(folder, "debian-wrk", &["wrk", "libluajit-5.1-2"])?;
    let wrapper = debian::wrap(&place, "usr/bin/wrk")?;
    // Asked for its version it answers, and exits with 1 all the same.
    let said = Command::new(&wrapper).arg("-v").output()?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
    ensure!(said.starts_with("wrk "), "what was unpacked does not run ({said}); install it by hand: sudo apt-get install wrk");
    Ok(wrapper)
}
