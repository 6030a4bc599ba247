use std::path::{Path, PathBuf};
use std::process::Command;

use crate::programs::run;

const VERSION: &str = "0.20.2";

/// From crates.io, compiled once. Without optimisation: that takes longer than it will ever run.
pub(crate) fn find(folder: &Path) -> anyhow::Result<PathBuf> {
    let place = folder.join(format!("cargo-deny-{VERSION}"));
    let binary = place.join("bin/cargo-deny");
    if !binary.is_file() {
        let build = place.join("build");
        let mut install = Command::new("cargo");
        install.args(["install", "cargo-deny", "--quiet", "--locked", "--debug", "--version", VERSION, "--root"]).arg(&place);
        run(install.arg("--target-dir").arg(&build).env("CARGO_PROFILE_DEV_DEBUG", "false"))?;
        std::fs::remove_dir_all(build)?;
    }
    Ok(binary)
}
