//! Atom feeds (RFC 4287) of the newest comments.

use ardoise_model::{ArticlePath, Timestamp};
use atom_syndication::{Content, Entry, Feed, FixedDateTime, Link, Person, Text};

use crate::published::Rendered;
use crate::{GeneratorError, Settings};

/// The path of the site's feed in the tree.
pub(crate) const FILE: &str = "feed.xml";
/// The maximum number of comments in an article's feed.
pub(crate) const MAX_ENTRIES: usize = 20;

/// Renders the newest comments of the site, newest first.
pub(crate) fn site(recent: &[Rendered<'_>], settings: &Settings) -> Result<Vec<u8>, GeneratorError> {
    let entry = |rendered: &Rendered<'_>| entry(rendered, &rendered.heading(), settings);
    feed(&settings.title, &settings.home(), settings.url_of(FILE), recent.iter().map(entry).collect())
}

/// Renders the newest comments of an article, newest first.
pub(crate) fn article<'a>(
    path: &ArticlePath,
    title: &str,
    newest: impl Iterator<Item = &'a Rendered<'a>>,
    settings: &Settings,
) -> Result<Vec<u8>, GeneratorError> {
    let page = format!("{}{}", settings.origin, path.to_url_path());
    let title = if title.is_empty() { path.as_str() } else { title };
    let entries = newest.map(|rendered| entry(rendered, &rendered.comment.author, settings)).collect();
    feed(title, &page, settings.url_of(&path.feed_url()), entries)
}

/// Renders a feed. `entries` come newest first, and only they determine the feed's time of update.
fn feed(title: &str, page: &str, own: String, entries: Vec<Entry>) -> Result<Vec<u8>, GeneratorError> {
    let updated = entries.iter().map(|entry| entry.updated).max();
    let own = Link { href: own, rel: "self".to_owned(), mime_type: Some("application/atom+xml".to_owned()), ..Link::default() };
    let feed = Feed {
        title: Text::plain(legible(title)),
        // Every feed has its own address, but two feeds may be about the same page.
        id: own.href.clone(),
        updated: updated.unwrap_or_else(|| moment(Timestamp(0))),
        links: vec![own, to(page)],
        // Each entry has an author. A feed without entries must have one itself.
        authors: if entries.is_empty() { vec![Person { name: legible(title), ..Person::default() }] } else { vec![] },
        entries,
        ..Feed::default()
    };
    feed.write_to(Vec::new()).map_err(|error| GeneratorError::Feed(error.to_string()))
}

fn entry(rendered: &Rendered<'_>, title: &str, settings: &Settings) -> Entry {
    let comment = rendered.comment;
    let url = rendered.url(settings);
    let date = moment(comment.created_at);
    Entry {
        title: Text::plain(legible(title)),
        updated: date,
        published: Some(date),
        authors: vec![Person { name: legible(&comment.author), uri: comment.site.clone(), ..Person::default() }],
        content: Some(Content { value: Some(legible(&rendered.html)), content_type: Some("html".to_owned()), ..Content::default() }),
        links: vec![to(&url)],
        id: url,
        ..Entry::default()
    }
}

fn to(url: &str) -> Link {
    Link { href: url.to_owned(), rel: "alternate".to_owned(), mime_type: Some("text/html".to_owned()), ..Link::default() }
}

fn moment(timestamp: Timestamp) -> FixedDateTime {
    // Timestamps are written as RFC 3339, so parsing succeeds.
    timestamp.to_string().parse().unwrap_or_default()
}

/// Replaces characters that XML 1.0 cannot represent, not even escaped.
fn legible(text: &str) -> String {
    let forbidden =
        |c: char| (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{7f}'..='\u{9f}')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    text.replace(forbidden, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn characters_forbidden_in_xml_are_replaced() {
        assert_eq!(super::legible("a\u{0}b\u{1b}c\u{ffff}\té\n\u{1f600}"), "a\u{fffd}b\u{fffd}c\u{fffd}\té\n\u{1f600}");
    }
}
