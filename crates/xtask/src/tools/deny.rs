use std::path::{Path, PathBuf};

use crate::tools::crates_io;

const VERSION: &str = "0.20.2";

pub(crate) fn find(folder: &Path) -> anyhow::Result<PathBuf> {
    crates_io::install(folder, "cargo-deny", VERSION)
}
