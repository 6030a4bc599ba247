use std::collections::BTreeMap;

use ardoise_model::ArticlePath;
use serde::Serialize;

use crate::published::VERSION;

/// Where it lies in the tree.
pub(crate) const FILE: &str = "counts.json";

#[derive(Serialize)]
struct Counts<'a> {
    version: u32,
    counts: BTreeMap<&'a str, u64>,
}

/// Approved comments per article, by path; an article without any is absent.
pub(crate) fn render(counts: &BTreeMap<ArticlePath, u64>) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Counts { version: VERSION, counts: counts.iter().map(|(path, count)| (path.as_str(), *count)).collect() })
}
