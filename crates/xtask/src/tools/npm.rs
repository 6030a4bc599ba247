use std::path::Path;
use std::process::Command;

use anyhow::Context;

use crate::programs::{find as on_path, quietly};

const VERSION: &str = "1.65.1";

/// From npm, into the tool folder. The core alone: it brings no browser of its own.
pub(crate) fn find(folder: &Path) -> anyhow::Result<()> {
    let installed = std::fs::read_to_string(folder.join("node_modules/playwright-core/package.json")).unwrap_or_default();
    if installed.contains(&format!("\"version\": \"{VERSION}\"")) {
        return Ok(());
    }
    let npm = on_path(&["npm"]).context("it comes from npm; install Node: sudo apt-get install nodejs npm")?;
    let mut install = Command::new(npm);
    install.args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"]).arg(folder).arg(format!("playwright-core@{VERSION}"));
    quietly(&mut install).map(drop)
}
