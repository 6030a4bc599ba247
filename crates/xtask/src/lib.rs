#![doc = include_str!("../README.md")]

pub mod commands;
pub mod postgres;
pub mod tools;

use std::process::ExitCode;

/// The environment variable that names a file to which the torture appends the faults that this machine cannot inject, one per line.
pub const SKIPPED_FILE_VARIABLE: &str = "ARDOISE_TORTURE_LEFT_OUT";

/// Prints the error of a task, and returns the exit code of its program.
pub fn exit_code(done: anyhow::Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
