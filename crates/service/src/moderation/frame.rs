//! What all pages have in common.

use super::call::Call;
use super::door::Visitor;
use super::words::Words;

pub(crate) const STYLE: &str = include_str!("../../templates/moderation/queue.css");
pub(crate) const SCRIPT: &str = include_str!("../../templates/moderation/queue.js");

pub(crate) struct Frame<'a> {
    pub(crate) words: &'static Words,
    pub(crate) base: &'a str,
    pub(crate) visitor: Option<&'a Visitor>,
    pub(crate) style: &'static str,
    pub(crate) script: &'static str,
}

impl<'a> Frame<'a> {
    pub(crate) fn new(call: &'a Call, visitor: Option<&'a Visitor>) -> Self {
        Self { words: call.words, base: &call.base, visitor, style: STYLE, script: SCRIPT }
    }

    pub(crate) fn csrf(&self) -> &str {
        self.visitor.map_or("", |visitor| &visitor.csrf)
    }
}
