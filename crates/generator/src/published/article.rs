use ardoise_model::{ArticlePath, CommentId};
use serde::Serialize;

use crate::Settings;
use crate::published::{Author, Rendered, VERSION};

/// Comments per page. Readers are sent only the first page unless they ask for more.
const PAGE_SIZE: usize = 50;

#[derive(Serialize)]
struct FirstPage<'a> {
    version: u32,
    path: &'a str,
    count: usize,
    #[serde(skip_serializing_if = "is_one")]
    pages: usize,
    comments: Vec<Entry<'a>>,
}

/// A page after the first. Only the first page holds what concerns the whole article, so that a new comment does not change all pages.
#[derive(Serialize)]
struct LaterPage<'a> {
    version: u32,
    path: &'a str,
    page: usize,
    comments: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    parent: Option<&'a str>,
    author: Author<'a>,
    date: String,
    html: &'a str,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_one(pages: &usize) -> bool {
    *pages == 1
}

/// Returns the number of pages for `comments` comments.
pub(crate) fn pages(comments: usize) -> usize {
    comments.div_ceil(PAGE_SIZE)
}

/// Returns the file of a page. The first page is number 1.
pub(crate) fn file(path: &ArticlePath, page: usize) -> String {
    if page == 1 { path.file() } else { path.page_file(page) }
}

/// Renders the pages of an article's approved comments, in their order on the page, each with its file. The first page comes last, so that
/// a reader who sees its new version finds the new versions of the others.
pub(crate) fn render(path: &ArticlePath, thread: &[Rendered<'_>], settings: &Settings) -> serde_json::Result<Vec<(String, Vec<u8>)>> {
    let pages = pages(thread.len());
    let mut files = Vec::with_capacity(pages);
    for (page, comments) in thread.chunks(PAGE_SIZE).enumerate().map(|(at, comments)| (at + 1, comments)).rev() {
        let comments = comments.iter().map(|rendered| entry(rendered, settings)).collect();
        let bytes = if page == 1 {
            serde_json::to_vec(&FirstPage { version: VERSION, path: path.as_str(), count: thread.len(), pages, comments })?
        } else {
            serde_json::to_vec(&LaterPage { version: VERSION, path: path.as_str(), page, comments })?
        };
        files.push((file(path, page), bytes));
    }
    Ok(files)
}

fn entry<'a>(rendered: &'a Rendered<'_>, settings: &Settings) -> Entry<'a> {
    let comment = rendered.comment;
    Entry {
        id: comment.id.as_str(),
        parent: comment.parent.as_ref().map(CommentId::as_str),
        author: Author::of(comment, settings),
        date: comment.created_at.to_string(),
        html: &rendered.html,
    }
}
