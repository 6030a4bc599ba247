use ardoise_model::{ArticlePath, Comment, to_html};
use serde::Serialize;

use crate::published::{Author, VERSION};

#[derive(Serialize)]
struct Article<'a> {
    version: u32,
    path: &'a str,
    count: usize,
    comments: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    parent: Option<&'a str>,
    author: Author<'a>,
    date: String,
    html: String,
}

/// One article's approved comments, oldest first.
pub(crate) fn render(path: &ArticlePath, thread: &[Comment]) -> serde_json::Result<Vec<u8>> {
    let comments = thread.iter().map(|comment| Entry {
        id: comment.id.as_str(),
        parent: comment.parent.as_ref().map(ardoise_model::CommentId::as_str),
        author: comment.into(),
        date: comment.created_at.to_string(),
        html: to_html(&comment.text),
    });
    serde_json::to_vec(&Article { version: VERSION, path: path.as_str(), count: thread.len(), comments: comments.collect() })
}
