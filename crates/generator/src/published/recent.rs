use serde::Serialize;

use crate::Settings;
use crate::published::{Author, Rendered, VERSION};

/// The file's path in the tree.
pub(crate) const FILE: &str = "recent.json";
/// The number of comments in the file.
pub(crate) const MAX_COMMENTS: u32 = 20;

#[derive(Serialize)]
struct Recent<'a> {
    version: u32,
    comments: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    path: &'a str,
    title: &'a str,
    author: Author<'a>,
    date: String,
    html: &'a str,
}

/// Renders the newest comments of the site, newest first.
pub(crate) fn render(recent: &[Rendered<'_>], settings: &Settings) -> serde_json::Result<Vec<u8>> {
    let comments = recent.iter().map(|Rendered { comment, title, html }| Entry {
        id: comment.id.as_str(),
        path: comment.article.as_str(),
        title,
        author: Author::of(comment, settings),
        date: comment.created_at.to_string(),
        html,
    });
    serde_json::to_vec(&Recent { version: VERSION, comments: comments.collect() })
}
