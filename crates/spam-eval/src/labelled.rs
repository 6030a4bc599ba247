use anyhow::{Context, bail};
use serde_json::Value;

/// A labelled comment.
#[derive(Debug, Clone)]
pub(crate) struct Labelled {
    pub(crate) source: String,
    pub(crate) text: String,
    pub(crate) is_spam: bool,
}

impl Labelled {
    /// Parses a line of `comments.jsonl`.
    pub(crate) fn read(line: &str) -> anyhow::Result<Self> {
        let value: Value = serde_json::from_str(line)?;
        let field = |name: &str| value[name].as_str().with_context(|| format!("no {name:?}")).map(str::to_owned);
        let is_spam = match field("label")?.as_str() {
            "spam" => true,
            "ham" => false,
            other => bail!("{other:?} is no label; labels are spam and ham"),
        };
        Ok(Self { source: field("source")?, text: field("text")?, is_spam })
    }
}
