use std::path::{Path, PathBuf};

use crate::tools::debian;

/// Debian's, unpacked. It turns the clock of one process; the machine's own is left alone.
pub(crate) fn find(folder: &Path) -> anyhow::Result<PathBuf> {
    let place = debian::unpack(folder, "debian-faketime", &["libfaketime"])?;
    let found = walkdir::WalkDir::new(&place).into_iter().flatten().find(|file| file.file_name() == "libfaketimeMT.so.1");
    found.map(walkdir::DirEntry::into_path).ok_or_else(|| anyhow::anyhow!("{} has no libfaketimeMT.so.1 in it", place.display()))
}
