use std::path::{Path, PathBuf};
use std::process::Command;

use crate::programs::{self, quietly};
use crate::tools::debian;

/// The system's, or Debian's unpacked with the libraries that a small system lacks.
pub(crate) fn find(folder: &Path) -> anyhow::Result<PathBuf> {
    if let Some(binary) = programs::find(&["pgbouncer"]) {
        return Ok(binary);
    }
    let place = debian::unpack(folder, "debian-pgbouncer", &["pgbouncer", "libc-ares2", "libevent-2.1-7"])?;
    let wrapper = debian::wrap(&place, "usr/sbin/pgbouncer")?;
    quietly(Command::new(&wrapper).arg("--version"))?;
    Ok(wrapper)
}
