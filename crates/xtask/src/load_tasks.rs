//! Tasks that need the feature `load`. They import the program's crates and so the libraries of the databases, which take minutes to
//! compile. Without the feature, xtask starts itself again with it when such a task is run, so that other tasks start sooner.

use std::process::Command;

use xtask::commands::root;

/// The arguments of such a task, not parsed.
#[cfg(not(feature = "load"))]
#[derive(clap::Args)]
pub(crate) struct RawArgs {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<std::ffi::OsString>,
}

/// Runs a task in this program, compiled with the feature.
#[cfg(not(feature = "load"))]
pub(crate) fn run(task: &str, args: &RawArgs) -> anyhow::Result<()> {
    xtask::commands::run(command(task).args(&args.arguments))
}

/// Returns a command that runs a task with the feature; the caller adds the arguments.
pub(crate) fn command(task: &str) -> Command {
    let mut command = Command::new("cargo");
    command.args(["run", "--package", "xtask", "--features", "load", "--", task]).current_dir(root());
    command
}
