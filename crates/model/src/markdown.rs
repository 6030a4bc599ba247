//! A commenter's Markdown to HTML that is safe in another reader's page.
//!
//! Three steps, one file each: the parser's events are cut down to what a comment may have (`plain.rs`), bare addresses
//! become links (`links.rs`), and the HTML goes through the sanitiser (`sanitise.rs`), which trusts neither of the two. What is
//! visibly nothing but paragraphs needs none (`paragraphs.rs`). What would be lost, or show nothing, is shown as it was typed (`typed.rs`).

mod links;
mod paragraphs;
mod plain;
mod sanitise;
mod typed;

use pulldown_cmark::{Options, Parser, TextMergeStream, html};

use crate::{Rule, fields};

const OPTIONS: Options = Options::ENABLE_STRIKETHROUGH;

/// A text that the renderer cannot cope with: a fault of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("its text cannot be rendered: a fault of Ardoise's; please report it with the text")]
pub struct Unrenderable;

/// HTML for a comment's text: emphasis, strikethrough, code, quotes, lists and links. Raw HTML shows as it was typed, and so does a text
/// of which nothing would be seen otherwise. Where the renderer fails, the whole text shows as it was typed.
pub fn to_html(markdown: &str) -> String {
    render(markdown).unwrap_or_else(|_| typed::as_typed(markdown))
}

/// The same, for files that are published: what cannot be rendered must not go unnoticed.
pub fn render(markdown: &str) -> Result<String, Unrenderable> {
    guarded(|| html(markdown))
}

/// What a renderer gives, also where it panics.
pub fn guarded(renderer: impl FnOnce() -> String) -> Result<String, Unrenderable> {
    // It has no state that could be left half changed.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(renderer)).map_err(|_| Unrenderable)
}

fn html(markdown: &str) -> String {
    let shown = typed::without_lost_definitions(markdown);
    let events = Parser::new_ext(&shown, OPTIONS);
    let events = links::linked(TextMergeStream::new(plain::simplified(events)));
    let mut unsafe_html = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut unsafe_html, events);
    let html = paragraphs::only(&unsafe_html).unwrap_or_else(|| sanitise::clean(&unsafe_html));
    if typed::shows_something(&html) { html } else { typed::as_typed(markdown) }
}

/// What would be published of a text as a reader types it: checked as a submission's is, and made by the same code.
pub fn preview(typed: &str) -> Result<String, Rule> {
    fields::text::check(typed).map(|text| to_html(&text))
}

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
