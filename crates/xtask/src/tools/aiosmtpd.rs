use std::path::Path;

use super::python::{self, Python};
use crate::programs::root;

/// A mail server in Python, which browser/smtp.py makes do what a test wants.
pub(crate) fn find(folder: &Path) -> anyhow::Result<Python> {
    python::find(folder, "aiosmtpd", &root().join("crates/xtask/browser/smtp.txt"))
}
