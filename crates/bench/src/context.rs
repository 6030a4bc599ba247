//! What all measurements share: the tools, the program, a folder.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use xtask::commands::{output_of, root, run, target_folder};

use crate::tools::BenchTools;
use crate::usage;

/// What all measurements share.
pub(crate) struct Bench {
    pub(crate) tools: BenchTools,
    /// The program, built with the profile of the installed one.
    pub(crate) ardoise: PathBuf,
    /// The folder for everything that the run creates, on the disk of target/.
    pub(crate) folder: PathBuf,
    pub(crate) seconds: u64,
    /// The number of cores that other processes kept busy before the run.
    pub(crate) other_load: f64,
}

impl Bench {
    pub(crate) fn set_up(seconds: u64) -> anyhow::Result<Self> {
        let tools = BenchTools::set_up()?;
        run(Command::new("cargo").args(["build", "--quiet", "--profile", "dist", "--package", "ardoise"]).current_dir(root()))?;
        let ours = target_folder().join("bench");
        remove_leftovers(&ours)?;
        let folder = ours.join(std::process::id().to_string());
        std::fs::create_dir_all(&folder)?;
        let other_load = usage::busy_cores(Duration::from_secs(2))?;
        Ok(Self { tools, ardoise: target_folder().join("dist/ardoise"), folder, seconds, other_load })
    }
}

/// Flushes the file system, so that writes of other processes do not slow down the measurement.
pub(crate) fn sync(folder: &Path) -> anyhow::Result<()> {
    output_of(Command::new("sync").arg("--file-system").arg(folder)).map(drop)
}

/// Prints the current step.
pub(crate) fn progress(what: &str) {
    eprintln!("── {what}");
}

/// Removes the folders of runs that were killed. A folder is named after its process.
fn remove_leftovers(folder: &Path) -> anyhow::Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        if !PathBuf::from("/proc").join(entry.file_name()).exists() {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

impl Drop for Bench {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("xtask: {} could not be removed: {error}", self.folder.display());
        }
    }
}
