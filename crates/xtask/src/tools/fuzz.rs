//! The fuzzer.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::commands;
use crate::tools::crates_io;

const VERSION: &str = "0.13.2";

/// For `cargo xtask fuzz` only: the tests that replay findings do not need it.
pub fn find(folder: &Path) -> anyhow::Result<PathBuf> {
    commands::find(&["c++", "g++", "clang++"]).context("the fuzzer's runtime is C++; install a compiler: sudo apt-get install g++")?;
    crates_io::install(folder, "cargo-fuzz", VERSION)
}
