//! A commenter's Markdown to HTML that is safe in another reader's page.
//!
//! Three steps, one file each: the parser's events are cut down to what a comment may have (`plain.rs`), bare addresses
//! become links (`links.rs`), and the HTML goes through the sanitiser (`sanitise.rs`), which trusts neither of the two. What is
//! visibly nothing but paragraphs needs none (`paragraphs.rs`).

mod links;
mod paragraphs;
mod plain;
mod sanitise;

use pulldown_cmark::{Options, Parser, TextMergeStream, html};

use crate::{Rule, fields};

/// HTML for a comment's text: emphasis, strikethrough, code, quotes, lists and links. Raw HTML shows as it was typed.
pub fn to_html(markdown: &str) -> String {
    let events = Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH);
    let events = links::linked(TextMergeStream::new(plain::simplified(events)));
    let mut unsafe_html = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut unsafe_html, events);
    paragraphs::only(&unsafe_html).unwrap_or_else(|| sanitise::clean(&unsafe_html))
}

/// What would be published of a text as a reader types it: checked as a submission's is, and made by the same code.
pub fn preview(typed: &str) -> Result<String, Rule> {
    fields::text::check(typed).map(|text| to_html(&text))
}

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
