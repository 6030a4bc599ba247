//! Converts a commenter's Markdown to HTML that is safe in another reader's page.
//!
//! Three steps, each in its own file: the parser's events are reduced to what a comment may contain (`plain.rs`), bare URLs become links
//! (`links.rs`), and the HTML is sanitised (`sanitise.rs`) without relying on the first two. HTML that consists of simple paragraphs only
//! does not need the sanitiser (`paragraphs.rs`). Text that would get lost or be invisible is shown as typed (`as_typed.rs`).

mod as_typed;
mod links;
mod paragraphs;
mod plain;
mod sanitise;

use pulldown_cmark::{Options, Parser, TextMergeStream, html};

use crate::{Rule, fields};

const OPTIONS: Options = Options::ENABLE_STRIKETHROUGH;

/// The renderer cannot process a text. This is a bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("its text cannot be rendered: a fault of Ardoise's; please report it with the text")]
pub struct Unrenderable;

/// Renders a comment's text with emphasis, strikethrough, code, quotes, lists and links. Raw HTML, and a text that would be invisible
/// otherwise, are shown as typed. If the renderer fails, the whole text is shown as typed.
pub fn to_html(markdown: &str) -> String {
    render(markdown).unwrap_or_else(|_| as_typed::as_typed(markdown))
}

/// Same as [`to_html`], for published files, where an error must be reported.
pub fn render(markdown: &str) -> Result<String, Unrenderable> {
    catch_panic(|| html(markdown))
}

/// Calls a renderer and turns a panic into an error.
pub fn catch_panic(renderer: impl FnOnce() -> String) -> Result<String, Unrenderable> {
    // The closure has no state that a panic could leave half changed.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(renderer)).map_err(|_| Unrenderable)
}

fn html(markdown: &str) -> String {
    let shown = as_typed::without_lost_definitions(markdown);
    let events = Parser::new_ext(&shown, OPTIONS);
    let events = links::linked(TextMergeStream::new(plain::simplified(events)));
    let mut unsafe_html = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut unsafe_html, events);
    let html = paragraphs::without_sanitiser(&unsafe_html).unwrap_or_else(|| sanitise::clean(&unsafe_html));
    if as_typed::shows_something(&html) { html } else { as_typed::as_typed(markdown) }
}

/// Returns what would be published for a text while it is typed. The text is checked like that of a submission and rendered by the same
/// code.
pub fn preview(text: &str) -> Result<String, Rule> {
    fields::text::check(text).map(|checked| to_html(&checked))
}

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
