use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::programs::{find, quietly};

/// The certificate of the server with these data, which also vouches for itself.
pub(super) fn of(data: &Path) -> PathBuf {
    data.join("server.crt")
}

/// A certificate for this machine alone, and its key. Made by the server's user: PostgreSQL insists that the key is its own.
pub(super) fn make(data: &Path, as_user: impl FnOnce(&Path) -> Command) -> anyhow::Result<()> {
    let openssl = find(&["openssl"]).context("openssl is missing; install it: sudo apt-get install openssl")?;
    let mut make = as_user(&openssl);
    make.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=localhost"]);
    make.args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", "server.key", "-out", "server.crt"]);
    quietly(make.current_dir(data)).map(drop)
}
