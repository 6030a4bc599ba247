use std::fmt;
use std::str::FromStr;

use ardoise_model::{Order, Origin, Timestamp, Unrenderable};

/// The owner's settings for the published files. Other settings give other bytes, so the tree's mark records them.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The site's public origin.
    pub origin: Origin,
    /// The path of the site on the origin. It begins and ends with `/`.
    pub path: String,
    /// The address of the published tree, as a URL or as a path on the origin. It ends with `/`.
    pub tree_url: String,
    /// The site's title, for feeds.
    pub title: String,
    /// The order of an article's comments.
    pub order: Order,
    /// The feeds to write.
    pub feeds: Feeds,
    /// The number of leading zero bits that the proof of work must have. 0 means that none is required.
    pub proof_bits: u8,
    /// Whether comments have avatars.
    pub avatars: bool,
    /// Renders a comment's text as HTML. This is [`ardoise_model::render`] except in tests.
    pub renderer: fn(&str) -> Result<String, Unrenderable>,
    /// Returns the current time. No published file contains it; it dates log entries about comments that cannot be rendered.
    pub clock: fn() -> Timestamp,
}

/// The feeds to write.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Feeds {
    /// No feeds.
    None,
    /// Feeds of the newest comments of the site.
    Site,
    /// The site's feeds, and one for each article.
    #[default]
    Articles,
}

impl Feeds {
    const ALL: [Self; 3] = [Self::None, Self::Site, Self::Articles];

    /// Returns the name used in the settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Site => "site",
            Self::Articles => "articles",
        }
    }
}

impl FromStr for Feeds {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = || Self::ALL.map(|feeds| format!("{:?}", feeds.as_str())).join(", ");
        Self::ALL
            .into_iter()
            .find(|feeds| feeds.as_str() == word)
            .ok_or_else(|| format!("{word:?} names no feeds; write one of {}", known()))
    }
}

/// Writes all settings that influence the published bytes on one line, for the tree's mark.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, path, tree_url, title, order, feeds, proof_bits, avatars, renderer: _, clock: _ } = self;
        write!(f, "{order}, feeds: {}, avatars: {avatars}, work: {proof_bits}, {origin}, {path:?}, {tree_url:?}, {title:?}", feeds.as_str())
    }
}

impl Settings {
    /// Returns the URL of the site's home page.
    pub(crate) fn home(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// Returns the URL of a file of the tree. `file` is percent-encoded.
    pub(crate) fn url_of(&self, file: &str) -> String {
        let on_origin = self.tree_url.starts_with('/');
        format!("{}{}{file}", if on_origin { self.origin.as_str() } else { "" }, self.tree_url)
    }
}
