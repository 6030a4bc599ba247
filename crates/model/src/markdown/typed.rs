//! What a reader typed is seen: text that Markdown would swallow is shown as it was typed.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

use super::{OPTIONS, sanitise};
use crate::fields;

/// Nobody defines links by links by links so deeply.
const MOST_PASSES: usize = 8;

/// Whether a reader sees anything of this HTML.
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

/// The text itself, line by line.
pub(super) fn as_typed(text: &str) -> String {
    let escaped = text.trim().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br>\n");
    sanitise::clean(&format!("<p>{escaped}</p>\n"))
}

/// The text with a `\` before each definition of a link (`[edit]: fixed`, and many a footnote) that no link uses: Markdown shows nothing
/// of these.
pub(super) fn without_lost_definitions(markdown: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(markdown);
    // A definition that is shown as text may be what another one was used by; and one that was repeated is the first one then.
    for _ in 0..MOST_PASSES {
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

/// Where definitions begin that no link uses, or whose address is not one that a comment may lead to: a footnote's text is none.
fn lost_definitions(text: &str) -> Vec<usize> {
    let parser = Parser::new_ext(text, OPTIONS);
    let leads = |address: &str| ["http://", "https://", "mailto:"].iter().any(|scheme| address.to_ascii_lowercase().starts_with(scheme));
    let definitions: Vec<(String, bool, Range<usize>)> = parser
        .reference_definitions()
        .iter()
        .map(|(label, definition)| (fold(label), leads(&definition.dest), definition.span.clone()))
        .collect();
    // What is seen, and definitions that are used.
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
    // The parser does not tell of repetitions: they begin in lines of which nothing is seen.
    let mut begin = 0;
    for line in text.split_inclusive('\n') {
        lost.extend(line.find('[').map(|at| begin + at).filter(|at| !seen.iter().any(|seen| seen.contains(at))));
        begin += line.len();
    }
    lost.sort_unstable();
    lost.dedup();
    lost
}

/// Labels are the same whatever their case and spaces.
fn fold(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
