use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;

use crate::commands::{fetch, find};

/// The packages of the browser tests, in fixed versions.
const PACKAGES: [(&str, &str); 5] = [
    // The core package, which contains no browser.
    ("playwright-core", "1.65.1"),
    ("axe-core", "4.14.1"),
    ("@11ty/eleventy", "3.1.8"),
    // Replaces page loads by fetches, as some themes do.
    ("@hotwired/turbo", "8.0.23"),
    ("jsonfeed-validator", "0.2.0"),
];

const FETCH_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// Installs the packages from npm into the tools folder, unless these versions are there already.
pub(crate) fn install_if_missing(folder: &Path) -> anyhow::Result<()> {
    let is_there = |(name, version): &(&str, &str)| {
        let installed = std::fs::read_to_string(folder.join("node_modules").join(name).join("package.json")).unwrap_or_default();
        installed.contains(&format!("\"version\": \"{version}\""))
    };
    if PACKAGES.iter().all(is_there) {
        return Ok(());
    }
    let npm = find(&["npm"]).context(
        "npm was not found, and the packages of the browser tests are installed with it; install Node: sudo apt-get install nodejs npm",
    )?;
    let packages = PACKAGES.map(|(name, version)| format!("{name}@{version}"));
    let mut install = Command::new(npm);
    install.args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"]).arg(folder);
    // Without this, npm retries silently for half an hour.
    install.args(["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000", "--fetch-timeout=30000"]);
    // One command for all packages: npm removes those that are not named.
    fetch("packages", "npm's registry", FETCH_TIMEOUT, install.args(&packages)).map(drop).with_context(|| {
        format!(
            "to install the packages by hand, on a machine with network access: npm install --no-save --prefix {} {}",
            folder.display(),
            packages.join(" ")
        )
    })
}
