use std::path::{Path, PathBuf};
use std::process::Command;

use crate::commands::{self, output_of};
use crate::tools::debian;

/// Finds the installed PgBouncer, or unpacks Debian's with the libraries that a minimal system lacks.
pub(crate) fn find(folder: &Path) -> anyhow::Result<PathBuf> {
    if let Some(binary) = commands::find(&["pgbouncer"]) {
        return Ok(binary);
    }
    let place = debian::unpack(folder, "debian-pgbouncer", &["pgbouncer", "libc-ares2", "libevent-2.1-7"])?;
    let wrapper = debian::wrap(&place, "usr/sbin/pgbouncer")?;
    output_of(Command::new(&wrapper).arg("--version"))?;
    Ok(wrapper)
}
