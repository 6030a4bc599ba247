use std::path::PathBuf;

use anyhow::Context;

use crate::commands::{self, fetch};
use crate::tools::debian;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// Finds the installed Chromium, or installs Debian's: it needs too many libraries to be unpacked.
pub(crate) fn find() -> anyhow::Result<PathBuf> {
    if let Some(browser) = std::env::var_os("CHROMIUM").map(PathBuf::from).or_else(|| commands::find(&NAMES)) {
        return Ok(browser);
    }
    install().context("install it by hand: sudo apt-get install chromium; or name one: CHROMIUM=/path/to/chrome")?;
    commands::find(&NAMES).context("apt-get installed chromium, and yet there is none on the PATH")
}

fn install() -> anyhow::Result<()> {
    let install = || {
        let mut apt = debian::as_root()?;
        apt.arg("apt-get").args(debian::TIMEOUT_OPTIONS).args(["install", "--yes", "--no-install-recommends", "chromium"]);
        fetch("Chromium", "the distribution's archive", debian::FETCH_TIMEOUT, &mut apt)
    };
    if install().is_ok() {
        return Ok(());
    }
    debian::update()?;
    install().map(drop)
}
