use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::programs;
use crate::tools::crates_io;

const VERSION: &str = "0.13.2";

/// Only for `cargo xtask fuzz`: the tests try what was found without it.
pub(crate) fn find(folder: &Path) -> anyhow::Result<PathBuf> {
    programs::find(&["c++", "g++", "clang++"]).context("the fuzzer's runtime is C++; install a compiler: sudo apt-get install g++")?;
    crates_io::install(folder, "cargo-fuzz", VERSION)
}
