//! Python with packages from PyPI.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context;

use crate::commands::{self, fetch};

/// The timeout: some packages are compiled.
pub(super) const FETCH_TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// Options that make pip give up soon without a network.
pub(super) fn in_time(pip: &mut Command) -> &mut Command {
    pip.args(["--timeout", "20", "--retries", "1"])
}

/// Python with packages in the tools folder.
pub struct Python {
    program: PathBuf,
    packages: PathBuf,
}

/// Installs the packages of a requirements file from PyPI, again whenever the file changes.
pub fn find(folder: &Path, name: &str, requirements: &Path) -> anyhow::Result<Python> {
    let program = commands::find(&["python3"]).context("install Python: sudo apt-get install python3 python3-pip")?;
    let packages = folder.join(name);
    let wanted = std::fs::read_to_string(requirements).with_context(|| requirements.display().to_string())?;
    let done = packages.join(".installed");
    if std::fs::read_to_string(&done).ok().as_ref() != Some(&wanted) {
        if packages.exists() {
            std::fs::remove_dir_all(&packages)?;
        }
        let mut pip = Command::new(&program);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]).arg(&packages);
        let installed = fetch(name, "PyPI", FETCH_TIMEOUT, in_time(pip.arg("--requirement").arg(requirements)));
        installed
            .context("it comes from PyPI by pip, and parts are compiled: sudo apt-get install python3-pip python3-dev build-essential")?;
        std::fs::write(done, wanted)?;
    }
    Ok(Python { program, packages })
}

impl Python {
    /// The path of the interpreter.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The folder of the packages.
    pub fn packages(&self) -> &Path {
        &self.packages
    }

    /// Returns a command for Python that finds the packages and writes no bytecode beside the sources.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env("PYTHONPATH", &self.packages).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }
}
