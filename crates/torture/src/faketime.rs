use std::path::PathBuf;

use xtask::tools::{self, debian};

/// Unpacks Debian's libfaketime. It changes the clock of one process only.
pub(crate) fn find() -> anyhow::Result<PathBuf> {
    let place = debian::unpack(&tools::folder()?, "debian-faketime", &["libfaketime"])?;
    let found = walkdir::WalkDir::new(&place).into_iter().flatten().find(|file| file.file_name() == "libfaketimeMT.so.1");
    found.map(walkdir::DirEntry::into_path).ok_or_else(|| anyhow::anyhow!("{} has no libfaketimeMT.so.1 in it", place.display()))
}
