//! The program `ardoise`; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    ardoise::run()
}
