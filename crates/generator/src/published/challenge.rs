use serde::Serialize;

use crate::published::VERSION;

/// The file's path in the tree.
pub(crate) const FILE: &str = "challenge.json";
/// The file is shorter than this, in bytes.
pub(crate) const HEAD_BYTES: usize = 256;

#[derive(Serialize)]
struct File<'a> {
    version: u32,
    challenge: &'a str,
    bits: u8,
}

/// Renders the challenge, on which a reader's browser works before it sends a comment.
pub(crate) fn render(challenge: &str, bits: u8) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&File { version: VERSION, challenge, bits })
}
