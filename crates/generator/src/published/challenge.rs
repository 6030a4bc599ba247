use serde::Serialize;

use crate::published::VERSION;

/// Where it lies in the tree.
pub(crate) const FILE: &str = "challenge.json";
/// It is shorter than so many bytes.
pub(crate) const HEAD: usize = 256;

#[derive(Serialize)]
struct File<'a> {
    version: u32,
    challenge: &'a str,
    bits: u8,
}

/// What a reader's browser works on before it sends a comment.
pub(crate) fn render(challenge: &str, bits: u8) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&File { version: VERSION, challenge, bits })
}
