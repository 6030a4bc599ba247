use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context;

use crate::commands::fetch;

/// The timeout: a small machine compiles for a while.
const FETCH_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// Compiles a program from crates.io, once. Without optimisation, which would take longer than such tools ever run.
pub(super) fn install(folder: &Path, name: &str, version: &str) -> anyhow::Result<PathBuf> {
    let place = folder.join(format!("{name}-{version}"));
    let binary = place.join("bin").join(name);
    if !binary.is_file() {
        let build = place.join("build");
        let mut install = Command::new("cargo");
        install.args(["install", name, "--quiet", "--locked", "--debug", "--version", version, "--root"]).arg(&place);
        // Without this, cargo waits for long if there is no network.
        install.env("CARGO_NET_RETRY", "1").env("CARGO_HTTP_TIMEOUT", "20");
        let install = install.arg("--target-dir").arg(&build).env("CARGO_PROFILE_DEV_DEBUG", "false");
        fetch(&format!("{name}, and compiling it,"), "crates.io", FETCH_TIMEOUT, install).with_context(|| {
            format!(
                "to install it by hand, on a machine with network access: cargo install {name} --locked --version {version} --root {}",
                place.display()
            )
        })?;
        std::fs::remove_dir_all(build)?;
    }
    Ok(binary)
}
