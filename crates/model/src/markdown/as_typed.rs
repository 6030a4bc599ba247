//! Makes sure that text which Markdown would drop is shown as typed.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

use super::{OPTIONS, sanitise};
use crate::fields;

/// The maximum number of passes over definitions that refer to other definitions.
const MAX_PASSES: usize = 8;

/// Returns whether anything in the HTML is visible.
pub(super) fn shows_something(html: &str) -> bool {
    let mut rest = html;
    loop {
        let (text, tag) = rest.split_once('<').unwrap_or((rest, ""));
        if !fields::is_blank(&text.replace("&nbsp;", " ")) {
            return true;
        }
        match tag.split_once('>') {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
}

/// Returns the text itself as HTML, line by line.
pub(super) fn as_typed(text: &str) -> String {
    let escaped = text.trim().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br>\n");
    sanitise::clean(&format!("<p>{escaped}</p>\n"))
}

/// Returns the text with a `\` before each link definition that no link uses (`[edit]: fixed`, and many footnotes), because Markdown would
/// not show it.
pub(super) fn without_lost_definitions(markdown: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(markdown);
    // A definition that is shown as text may be one that another reference used. If it was repeated, it is the first one.
    for _ in 0..MAX_PASSES {
        let lost = if text.contains("]:") { lost_definitions(&text) } else { vec![] };
        if lost.is_empty() {
            break;
        }
        let mut shown = text.to_string();
        lost.iter().rev().for_each(|at| shown.insert(*at, '\\'));
        text = Cow::Owned(shown);
    }
    text
}

/// Returns where definitions begin that no link uses, or whose URL a comment may not link to, as in a footnote.
fn lost_definitions(text: &str) -> Vec<usize> {
    let parser = Parser::new_ext(text, OPTIONS);
    let leads = |address: &str| ["http://", "https://", "mailto:"].iter().any(|scheme| address.to_ascii_lowercase().starts_with(scheme));
    let definitions: Vec<(String, bool, Range<usize>)> = parser
        .reference_definitions()
        .iter()
        .map(|(label, definition)| (fold(label), leads(&definition.dest), definition.span.clone()))
        .collect();
    // Everything visible, and the definitions in use.
    let (mut used, mut seen) = (HashSet::new(), Vec::new());
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::Start(Tag::Link { id, .. } | Tag::Image { id, .. }) if !id.is_empty() => drop(used.insert(fold(&id))),
            Event::Start(Tag::Paragraph | Tag::Heading { .. } | Tag::CodeBlock(_) | Tag::HtmlBlock)
            | Event::Rule
            | Event::Text(_)
            | Event::Code(_)
            | Event::Html(_) => seen.push(range),
            _ => {}
        }
    }
    let (kept, unused): (Vec<_>, Vec<_>) = definitions.into_iter().partition(|(label, leads, _)| *leads && used.contains(label));
    seen.extend(kept.into_iter().map(|(.., span)| span));
    let mut lost: Vec<usize> = unused.into_iter().map(|(.., span)| span.start).collect();
    // The parser does not report repeated definitions. They begin on lines without anything visible.
    let mut begin = 0;
    for line in text.split_inclusive('\n') {
        lost.extend(line.find('[').map(|at| begin + at).filter(|at| !seen.iter().any(|seen| seen.contains(at))));
        begin += line.len();
    }
    lost.sort_unstable();
    lost.dedup();
    lost
}

/// Normalises case and white space of a label.
fn fold(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
