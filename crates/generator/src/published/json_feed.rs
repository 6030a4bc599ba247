//! The JSON Feed, version 1.1, of the site's newest comments.

use serde::Serialize;

use crate::Settings;
use crate::published::Rendered;

/// The file's path in the tree.
pub(crate) const FILE: &str = "feed.json";

#[derive(Serialize)]
struct Feed<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: String,
    #[serde(rename = "feed_url")]
    own_url: String,
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: String,
    url: String,
    title: String,
    content_html: &'a str,
    date_published: String,
    authors: [Author<'a>; 1],
    /// For feed readers that know only version 1.
    author: Author<'a>,
}

#[derive(Serialize, Clone, Copy)]
struct Author<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

/// Renders the newest comments of the site, newest first.
pub(crate) fn render(recent: &[Rendered<'_>], settings: &Settings) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Feed {
        version: "https://jsonfeed.org/version/1.1",
        title: &settings.title,
        home_page_url: settings.home(),
        own_url: settings.url_of(FILE),
        items: recent.iter().map(|rendered| item(rendered, settings)).collect(),
    })
}

fn item<'a>(rendered: &'a Rendered<'_>, settings: &Settings) -> Item<'a> {
    let comment = rendered.comment;
    let author = Author { name: &comment.author, url: comment.site.as_deref() };
    Item {
        id: rendered.url(settings),
        url: rendered.url(settings),
        title: rendered.heading(),
        content_html: &rendered.html,
        date_published: comment.created_at.to_string(),
        authors: [author],
        author,
    }
}
