use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use crate::fields;

/// The maximum nesting of quotes and lists. Deeper ones lose their frame but keep their text.
const MAX_DEPTH: u32 = 12;

/// Replaces elements that a comment may not contain with their nearest plain form.
pub(super) fn simplified<'a>(events: impl Iterator<Item = Event<'a>>) -> impl Iterator<Item = Event<'a>> {
    let (mut links, mut depth) = (0_u32, 0_u32);
    // The target of the outermost link, until something of the link is visible.
    let mut unseen: Option<CowStr<'a>> = None;
    events.flat_map(move |event| {
        match &event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                links += 1;
                if links == 1 {
                    unseen = Some(dest_url.clone());
                }
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                links -= 1;
                // A link without text and a picture without description show their address.
                if let (0, Some(address)) = (links, unseen.take()) {
                    return [Event::Text(address)].into_iter().chain(simplify(event, links)).collect();
                }
            }
            Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) if !fields::is_blank(text) => unseen = None,
            Event::Start(Tag::BlockQuote(_) | Tag::List(_)) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return vec![];
                }
            }
            Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_)) => {
                depth -= 1;
                if depth >= MAX_DEPTH {
                    return vec![];
                }
            }
            // Items are kept or dropped together with their list.
            Event::Start(Tag::Item) | Event::End(TagEnd::Item) if depth > MAX_DEPTH => return vec![],
            _ => {}
        }
        simplify(event, links)
    })
}

fn simplify(event: Event<'_>, links: u32) -> Vec<Event<'_>> {
    match event {
        // A heading would break the outline of the surrounding page.
        Event::Start(Tag::Heading { .. }) => vec![Event::Start(Tag::Paragraph), Event::Start(Tag::Strong)],
        Event::End(TagEnd::Heading(_)) => vec![Event::End(TagEnd::Strong), Event::End(TagEnd::Paragraph)],
        // A picture would be fetched from a third party's server by every reader. A link is not. Links do not nest.
        Event::Start(Tag::Image { dest_url, .. }) if links == 1 => vec![link(dest_url)],
        Event::End(TagEnd::Image) if links == 0 => vec![Event::End(TagEnd::Link)],
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) | Event::Rule => vec![],
        // A number of nine digits would not fit on the page.
        Event::Start(Tag::List(Some(1000..))) => vec![Event::Start(Tag::List(Some(1)))],
        // Raw HTML is shown as typed: people write `<b>` when they mean the characters.
        Event::Start(Tag::HtmlBlock) => vec![Event::Start(Tag::Paragraph)],
        Event::End(TagEnd::HtmlBlock) => vec![Event::End(TagEnd::Paragraph)],
        Event::Html(text) | Event::InlineHtml(text) => vec![Event::Text(text)],
        // A commenter who presses Enter wants a new line.
        Event::SoftBreak => vec![Event::HardBreak],
        other => vec![other],
    }
}

fn link(dest_url: CowStr<'_>) -> Event<'_> {
    Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, title: "".into(), id: "".into() })
}
