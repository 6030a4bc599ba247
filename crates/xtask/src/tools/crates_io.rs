use std::path::{Path, PathBuf};
use std::process::Command;

use crate::programs::run;

/// A program from crates.io, compiled once. Without optimisation: that takes longer than such tools will ever run.
pub(super) fn install(folder: &Path, name: &str, version: &str) -> anyhow::Result<PathBuf> {
    let place = folder.join(format!("{name}-{version}"));
    let binary = place.join("bin").join(name);
    if !binary.is_file() {
        let build = place.join("build");
        let mut install = Command::new("cargo");
        install.args(["install", name, "--quiet", "--locked", "--debug", "--version", version, "--root"]).arg(&place);
        run(install.arg("--target-dir").arg(&build).env("CARGO_PROFILE_DEV_DEBUG", "false"))?;
        std::fs::remove_dir_all(build)?;
    }
    Ok(binary)
}
