//! The style of the pages for readers, and the hashes by which a Content-Security-Policy admits inline styles and scripts.

use std::sync::LazyLock;

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

pub(crate) const STYLE: &str = include_str!("../templates/page.css");

/// The hash that admits [`STYLE`], without `unsafe-inline`.
pub(crate) static STYLE_HASH: LazyLock<String> = LazyLock::new(|| csp_hash(STYLE));

/// Returns the SHA-256 hash of an inline style or script, in Base64, as a Content-Security-Policy names it.
pub(crate) fn csp_hash(text: &str) -> String {
    BASE64.encode(&Sha256::digest(text.as_bytes()))
}
