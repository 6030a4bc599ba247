use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;

use crate::programs::{fetch, find as on_path};

/// What the browser tests need, each at the version that they were written for.
const PACKAGES: [(&str, &str); 5] = [
    // The core alone: it brings no browser of its own.
    ("playwright-core", "1.65.1"),
    ("axe-core", "4.14.1"),
    ("@11ty/eleventy", "3.1.8"),
    // Navigation without a reload, as a theme may have it.
    ("@hotwired/turbo", "8.0.23"),
    ("jsonfeed-validator", "0.2.0"),
];

const LIMIT: Duration = Duration::from_secs(10 * 60);

/// From npm, into the tool folder.
pub(crate) fn find(folder: &Path) -> anyhow::Result<()> {
    let is_there = |(name, version): &(&str, &str)| {
        let installed = std::fs::read_to_string(folder.join("node_modules").join(name).join("package.json")).unwrap_or_default();
        installed.contains(&format!("\"version\": \"{version}\""))
    };
    if PACKAGES.iter().all(is_there) {
        return Ok(());
    }
    let npm = on_path(&["npm"]).context("they come from npm; install Node: sudo apt-get install nodejs npm")?;
    let packages = PACKAGES.map(|(name, version)| format!("{name}@{version}"));
    let mut install = Command::new(npm);
    install.args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"]).arg(folder);
    // Left to itself, npm tries for half an hour, in silence.
    install.args(["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000", "--fetch-timeout=30000"]);
    // All in one go: what is not named is removed.
    fetch("packages", "npm's registry", LIMIT, install.args(&packages)).map(drop).with_context(|| {
        format!("with a network, install them by hand: npm install --no-save --prefix {} {}", folder.display(), packages.join(" "))
    })
}
