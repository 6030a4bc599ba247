//! The identity of an article, and the article's file.
//!
//! All of it is decided here. A path is sent in many spellings (by the form, from a browser's address bar, by a link with a campaign's
//! query), and each must lead to the same comments.
//!
//! Clients send a URL or its path, which is percent-decoded exactly once. Stored paths are decoded and never decoded again. Marks in pages
//! and hidden fields in forms therefore carry the encoded form.

use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use unicode_normalization::UnicodeNormalization;
use url::Url;

use crate::Origin;

/// The characters that a browser escapes in a path, and `%` itself.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Names at the root that are used by the site's lists: `/counts.html` would be written to `counts.json`.
const SITE_FILES: [&str; 5] = ["challenge", "counts", "feed", "latest", "recent"];
/// Extensions of the generator's files. A folder with such a name could have the same path as a file.
const TREE_ENDINGS: [&str; 4] = [".json", ".xml", ".gz", ".br"];

/// An article's path as the site publishes it: decoded, NFC, no query, no fragment.
///
/// It ends in `/`, unless its last segment ends in `.html` or `.htm`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticlePath(String);

/// The reasons why a text does not name an article.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// The path is empty.
    #[error("the article's path is empty")]
    Empty,
    /// The path is longer than [`ArticlePath::MAX_BYTES`], or a segment is longer than [`ArticlePath::MAX_SEGMENT_BYTES`].
    #[error(
        "the article's path is too long: at most {} bytes, and {} between two slashes",
        ArticlePath::MAX_BYTES,
        ArticlePath::MAX_SEGMENT_BYTES
    )]
    TooLong,
    /// The URL is of another site.
    #[error("{0} is not a page of this site")]
    OtherSite(String),
    /// The escapes do not decode to UTF-8.
    #[error("the article's path is not UTF-8 after percent-decoding")]
    NotUtf8,
    /// The path has control characters, line breaks or a backslash.
    #[error("the article's path has a control character or a backslash in it")]
    Character,
    /// A segment is reserved for the published tree.
    #[error("{0:?} cannot be part of an article's path: the published tree keeps that name for itself")]
    Reserved(String),
}

impl ArticlePath {
    /// The maximum length of a path, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 1024;
    /// The maximum length of a segment, in bytes. File systems allow 255, including the suffix `.json.gz`.
    pub const MAX_SEGMENT_BYTES: usize = 240;

    /// Parses a path, or a URL on `origin`, as sent by a client.
    pub fn parse(sent: &str, origin: &Origin) -> Result<Self, PathError> {
        let sent = sent.trim();
        if sent.is_empty() {
            return Err(PathError::Empty);
        }
        // An escape takes three bytes for each byte, and the origin comes on top. Longer input is invalid in any case.
        if sent.len() > 4 * Self::MAX_BYTES {
            return Err(PathError::TooLong);
        }
        let path = without_origin(sent, origin)?;
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let decoded = percent_decode_str(path).decode_utf8().map_err(|_| PathError::NotUtf8)?;
        let forbidden = |c: char| c.is_control() || matches!(c, '\\' | '\u{2028}' | '\u{2029}');
        if decoded.contains(forbidden) {
            return Err(PathError::Character);
        }
        Self::from_segments(&segments(&decoded.nfc().collect::<String>()))
    }

    fn from_segments(segments: &[&str]) -> Result<Self, PathError> {
        for segment in segments {
            check_segment(segment)?;
        }
        let mut path = format!("/{}", segments.join("/"));
        match segments.last() {
            Some(last) if is_file(last) => check_file(last, segments.len() == 1)?,
            Some(_) => path.push('/'),
            None => {}
        }
        if path.len() > Self::MAX_BYTES { Err(PathError::TooLong) } else { Ok(Self(path)) }
    }

    /// Restores a path from the result of [`ArticlePath::as_str`], such as the store's, without checks.
    pub fn from_stored(path: String) -> Self {
        Self(path)
    }

    /// Returns whether `written` is this path as a page should write it, up to percent-encoding.
    ///
    /// Scripts in pages only decode the path they find, so a page that writes it differently would not find its files.
    pub fn is_written(&self, written: &str) -> bool {
        let whole = |escape: &str| escape.len() >= 2 && escape.is_char_boundary(2) && u8::from_str_radix(&escape[..2], 16).is_ok();
        let escapes_are_whole = written.split('%').skip(1).all(whole);
        let plain = !written.contains(['?', '#']);
        let decoded = percent_decode_str(written).decode_utf8().map(|decoded| decoded.nfc().collect::<String>());
        plain && decoded.is_ok_and(|decoded| if escapes_are_whole { decoded == self.0 } else { written == self.0 })
    }

    /// Returns the decoded path, as used for files and in the store.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the percent-encoded path, for URLs.
    pub fn to_url_path(&self) -> String {
        utf8_percent_encode(&self.0, ESCAPED).to_string()
    }

    /// Returns [`ArticlePath::feed_file`] percent-encoded, for URLs.
    pub fn feed_url(&self) -> String {
        utf8_percent_encode(&self.feed_file(), ESCAPED).to_string()
    }

    /// Returns the file of a later page of the article, from page 2: `a/b/index.2.json`, `a/b.html.2.json`.
    pub fn page_file(&self, page: usize) -> String {
        match self.0.strip_suffix(".html") {
            Some(_) => format!("{}.{page}.json", &self.0[1..]),
            None => format!("{}.{page}.json", self.file().trim_end_matches(".json")),
        }
    }

    /// Returns the file of the article's feed: `a/b/feed.xml`, `a/b.feed.xml`. The home page's is `index.feed.xml`, because `feed.xml` is
    /// the site's.
    pub fn feed_file(&self) -> String {
        let file = self.file();
        match file.strip_suffix("/index.json") {
            Some(folder) => format!("{folder}/feed.xml"),
            None => format!("{}.feed.xml", file.trim_end_matches(".json")),
        }
    }

    /// Returns the article's file, relative to the published tree: `/a/b/` → `a/b/index.json`, `/a/b.html` → `a/b.json`.
    ///
    /// No two articles share a file, none uses a file of the site's lists, and none is outside the tree. [`ArticlePath::parse`] ensures
    /// that.
    pub fn file(&self) -> String {
        let path = &self.0[1..];
        match path.strip_suffix(".html") {
            Some(stem) => format!("{stem}.json"),
            None if path.is_empty() || path.ends_with('/') => format!("{path}index.json"),
            None => format!("{path}/index.json"),
        }
    }
}

impl fmt::Display for ArticlePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Returns what follows the origin if `sent` is a whole URL.
fn without_origin<'a>(sent: &'a str, origin: &Origin) -> Result<&'a str, PathError> {
    let scheme_end = sent.find([':', '/', '?', '#']).filter(|&at| at > 0 && sent[at..].starts_with(':'));
    let Some(scheme_end) = scheme_end else { return Ok(sent) };
    let rest = sent[scheme_end..].strip_prefix("://").unwrap_or_default();
    let host_end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let site = &sent[..sent.len() - rest.len() + host_end];
    let other = || PathError::OtherSite(site.to_owned());
    let url = Url::parse(site).map_err(|_| other())?;
    let ours = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && origin.contains(&url);
    if !ours {
        return Err(other());
    }
    // `https://blog.example.org` alone is the home page.
    Ok(if rest.len() == host_end { "/" } else { &rest[host_end..] })
}

/// Returns the segments of a decoded path without empty ones, dot segments and `index.html`. `..` stops at the root (RFC 3986, 5.2.4).
fn segments(path: &str) -> Vec<&str> {
    let mut kept = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            name => kept.push(name),
        }
    }
    while matches!(kept.last(), Some(&("index.html" | "index.htm"))) {
        kept.pop();
    }
    kept
}

fn is_file(segment: &str) -> bool {
    [".html", ".htm"].iter().any(|ending| segment.ends_with(ending))
}

fn check_segment(segment: &str) -> Result<(), PathError> {
    let lower = segment.to_ascii_lowercase();
    if segment.len() > ArticlePath::MAX_SEGMENT_BYTES {
        Err(PathError::TooLong)
    } else if segment.starts_with('.') || TREE_ENDINGS.iter().any(|ending| lower.ends_with(ending)) {
        Err(PathError::Reserved(segment.to_owned()))
    } else {
        Ok(())
    }
}

/// Returns whether the file of the path has another meaning, such as those of `/counts.html`, `/a/index.2.html` and `/a/b.html.2.html`.
fn check_file(segment: &str, at_root: bool) -> Result<(), PathError> {
    let Some(stem) = segment.strip_suffix(".html") else { return Ok(()) };
    let further_page = stem
        .rsplit_once('.')
        .is_some_and(|(of, n)| (of == "index" || of.strip_suffix(".html").is_some()) && n.bytes().all(|b| b.is_ascii_digit()));
    if stem == "index" || further_page || (at_root && SITE_FILES.contains(&stem)) {
        Err(PathError::Reserved(segment.to_owned()))
    } else {
        Ok(())
    }
}

#[cfg(test)]
#[path = "path_tests.rs"]
mod tests;
