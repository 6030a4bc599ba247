use std::fmt;
use std::str::FromStr;

use ardoise_model::{Order, Origin, Timestamp, Unrenderable};

/// What the owner has set about published files. Other settings give other bytes, so the tree's mark says which it was built with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where readers read the site.
    pub origin: Origin,
    /// Where on the origin the site begins; it begins and ends with `/`.
    pub path: String,
    /// Where readers find the published tree, as URL or as path on the origin. It ends in `/`.
    pub tree_url: String,
    /// The site's title, in feeds.
    pub title: String,
    /// In which order an article's comments stand.
    pub order: Order,
    /// Which feeds there are.
    pub feeds: Feeds,
    /// Zero bits that a browser's work has to begin with; 0: none is asked for.
    pub proof_bits: u8,
    /// Whether each author has a small picture.
    pub avatars: bool,
    /// Makes HTML of a comment's text: [`ardoise_model::render`], but for tests.
    pub renderer: fn(&str) -> Result<String, Unrenderable>,
    /// The time. No file holds it: it is for the log of what was done to a comment that cannot be rendered.
    pub clock: fn() -> Timestamp,
}

/// Which feeds there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Feeds {
    /// None.
    None,
    /// Of the newest comments of the site.
    Site,
    /// Of those, and one of each article's.
    #[default]
    Articles,
}

impl Feeds {
    const ALL: [Self; 3] = [Self::None, Self::Site, Self::Articles];

    /// Its word in the settings.
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

/// On one line, for the tree's mark.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, path, tree_url, title, order, feeds, proof_bits, avatars, renderer: _, clock: _ } = self;
        write!(f, "{order}, feeds: {}, avatars: {avatars}, work: {proof_bits}, {origin}, {path:?}, {tree_url:?}, {title:?}", feeds.as_str())
    }
}

impl Settings {
    /// The site's first page.
    pub(crate) fn home(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// A file of the tree as readers address it; `file` is percent-encoded.
    pub(crate) fn url_of(&self, file: &str) -> String {
        let on_origin = self.tree_url.starts_with('/');
        format!("{}{}{file}", if on_origin { self.origin.as_str() } else { "" }, self.tree_url)
    }
}
