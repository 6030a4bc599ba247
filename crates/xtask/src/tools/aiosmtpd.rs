use std::path::Path;

use super::python::{self, Python};
use crate::commands::root;

/// A mail server in Python, which browser/smtp.py controls for the tests.
pub(crate) fn find(folder: &Path) -> anyhow::Result<Python> {
    python::find(folder, "aiosmtpd", &root().join("crates/xtask/browser/smtp.txt"))
}
