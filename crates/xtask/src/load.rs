//! Tasks that load the program. They import its crates, and so the databases' libraries, which take minutes to compile; whoever wants
//! to run the tests should see something before.

use std::process::Command;

use crate::programs::root;

/// Names a file to which the torture adds what this machine did not let it do, one a line.
pub(crate) const LEFT_OUT: &str = "ARDOISE_TORTURE_LEFT_OUT";

/// The arguments of such a task, as they stand.
#[cfg(not(feature = "load"))]
#[derive(clap::Args)]
pub(crate) struct Passed {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<std::ffi::OsString>,
}

/// Runs a task in this program, compiled with what it needs.
#[cfg(not(feature = "load"))]
pub(crate) fn run(task: &str, passed: &Passed) -> anyhow::Result<()> {
    crate::programs::run(command(task).args(&passed.arguments))
}

/// A command that runs a task in this program, compiled with what it needs, to which arguments are to be added.
pub(crate) fn command(task: &str) -> Command {
    let mut command = Command::new("cargo");
    command.args(["run", "--package", "xtask", "--features", "load", "--", task]).current_dir(root());
    command
}
