//! Packages of Debian.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context;

use crate::commands::{fetch, find, output_of};

const ARCHIVE: &str = "the distribution's archive";
pub(crate) const FETCH_TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// Options that make apt give up soon without a network.
pub(crate) const TIMEOUT_OPTIONS: [&str; 6] =
    ["-o", "Acquire::http::Timeout=20", "-o", "Acquire::https::Timeout=20", "-o", "Acquire::Retries=1"];

/// Unpacks Debian packages into the tools folder. This needs no root, and starts no services, unlike an installation.
pub fn unpack(folder: &Path, name: &str, packages: &[&str]) -> anyhow::Result<PathBuf> {
    let place = folder.join(name);
    let done = place.join(".unpacked");
    if done.exists() {
        return Ok(place);
    }
    let mend = || format!("install it by hand: sudo apt-get install {}", packages.join(" "));
    let archives = folder.join(format!("{name}.archives"));
    std::fs::create_dir_all(&archives)?;
    download(&archives, packages).with_context(mend)?;
    for archive in std::fs::read_dir(&archives)? {
        output_of(Command::new("dpkg").arg("-x").arg(archive?.path()).arg(&place)).with_context(mend)?;
    }
    std::fs::remove_dir_all(&archives)?;
    std::fs::write(done, "")?;
    Ok(place)
}

/// Writes a script beside an unpacked program that sets the path of the libraries unpacked with it.
pub fn wrap(place: &Path, program: &str) -> anyhow::Result<PathBuf> {
    let program = place.join(program);
    let wrapper = place.join(program.file_name().context("a program has a name")?);
    let libraries = libraries(place).map(|folder| folder.display().to_string()).join(":");
    std::fs::write(&wrapper, format!("#!/bin/sh\nLD_LIBRARY_PATH={libraries} exec {} \"$@\"\n", program.display()))?;
    #[cfg(unix)]
    std::fs::set_permissions(&wrapper, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(wrapper)
}

/// The library folders in unpacked packages, on the most common architectures.
pub fn libraries(place: &Path) -> [PathBuf; 2] {
    ["usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu"].map(|folder| place.join(folder))
}

fn download(archives: &Path, packages: &[&str]) -> anyhow::Result<()> {
    let what = packages.first().copied().unwrap_or("packages");
    let get = || {
        fetch(
            what,
            ARCHIVE,
            FETCH_TIMEOUT,
            Command::new("apt-get").args(TIMEOUT_OPTIONS).arg("download").args(packages).current_dir(archives),
        )
    };
    if get().is_ok() {
        return Ok(());
    }
    // A fresh machine has no package lists yet.
    update()?;
    get().map(drop)
}

/// Fetches the package lists.
pub(crate) fn update() -> anyhow::Result<()> {
    fetch("lists of packages", ARCHIVE, FETCH_TIMEOUT, as_root()?.arg("apt-get").args(TIMEOUT_OPTIONS).arg("update")).map(drop)
}

/// Returns a command that runs a program as root; the caller adds the program. It does not ask for a password, because the task may run
/// unattended.
pub(crate) fn as_root() -> anyhow::Result<Command> {
    let root = output_of(Command::new("id").arg("-u"))?.trim() == "0";
    let mut command = if root {
        Command::new("env")
    } else {
        let mut sudo = Command::new(find(&["sudo"]).context("this needs root, and there is no sudo")?);
        sudo.args(["-n", "env"]);
        sudo
    };
    command.arg("DEBIAN_FRONTEND=noninteractive");
    Ok(command)
}
