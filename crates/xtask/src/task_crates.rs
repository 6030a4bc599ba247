//! Tasks that are crates of their own. Each is compiled when it is run, so that the other tasks start sooner.

use std::ffi::OsString;
use std::process::Command;

use xtask::commands::root;

/// The arguments of such a task. Its own program parses them, and prints its help.
#[derive(clap::Args)]
pub(crate) struct RawArgs {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<OsString>,
}

/// Compiles and runs the program of a package.
pub(crate) fn run(package: &str, args: &RawArgs) -> anyhow::Result<()> {
    xtask::commands::run(command(package).args(&args.arguments))
}

/// Returns a command that compiles and runs the program of a package; the caller adds the arguments.
pub(crate) fn command(package: &str) -> Command {
    let mut command = Command::new("cargo");
    command.args(["run", "--package", package, "--"]).current_dir(root());
    command
}
