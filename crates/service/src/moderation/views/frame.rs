//! The frame that all moderators' pages share. The pages are askama templates: they are checked at compile time, and values are escaped
//! by default.

use crate::moderation::request::PageRequest;
use crate::moderation::session::CurrentModerator;
use crate::moderation::words::Words;

pub(crate) const STYLE: &str = include_str!("../../../templates/moderation/queue.css");
pub(crate) const SCRIPT: &str = include_str!("../../../templates/moderation/queue.js");

pub(crate) struct Frame<'a> {
    pub(crate) words: &'static Words,
    /// The URL of `/moderation` relative to the page.
    pub(crate) base: &'a str,
    pub(crate) moderator: Option<&'a CurrentModerator>,
    pub(crate) style: &'static str,
    pub(crate) script: &'static str,
}

impl<'a> Frame<'a> {
    pub(crate) fn new(request: &'a PageRequest, moderator: Option<&'a CurrentModerator>) -> Self {
        Self { words: request.words, base: &request.base_url, moderator, style: STYLE, script: SCRIPT }
    }

    pub(crate) fn csrf(&self) -> &str {
        self.moderator.map_or("", |moderator| &moderator.csrf_token)
    }
}
