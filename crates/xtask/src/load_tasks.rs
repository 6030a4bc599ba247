//! Tasks that need the feature `load`. They import the program's crates and so the libraries of the databases, which take minutes to
//! compile. Without the feature, xtask starts itself again with it when such a task is run, so that other tasks start sooner.

use std::process::Command;

use xtask::commands::root;

use crate::task_crates::RawArgs;

/// Runs a task in this program, compiled with the feature.
pub(crate) fn run(task: &str, args: &RawArgs) -> anyhow::Result<()> {
    let mut command = Command::new("cargo");
    command.args(["run", "--package", "xtask", "--features", "load", "--", task]).current_dir(root());
    xtask::commands::run(command.args(&args.arguments))
}
