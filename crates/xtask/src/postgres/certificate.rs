use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::commands::{find, output_of};

/// Returns the path of the server's self-signed certificate.
pub(super) fn of(data: &Path) -> PathBuf {
    data.join("server.crt")
}

/// Creates a certificate for localhost and its key, as the server's user: PostgreSQL requires that its user owns the key.
pub(super) fn make(data: &Path, as_user: impl FnOnce(&Path) -> Command) -> anyhow::Result<()> {
    let openssl = find(&["openssl"]).context("openssl is missing; install it: sudo apt-get install openssl")?;
    let mut make = as_user(&openssl);
    make.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=localhost"]);
    make.args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", "server.key", "-out", "server.crt"]);
    output_of(make.current_dir(data)).map(drop)
}
