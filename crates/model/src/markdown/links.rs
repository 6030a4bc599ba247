use linkify::{LinkFinder, LinkKind};
use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

/// Turns bare URLs in the text into links, except inside links and code.
pub(super) fn linked<'a>(events: impl Iterator<Item = Event<'a>>) -> impl Iterator<Item = Event<'a>> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let mut literal = 0_u32;
    events.flat_map(move |event| {
        match &event {
            Event::Start(Tag::Link { .. } | Tag::CodeBlock(_)) => literal += 1,
            Event::End(TagEnd::Link | TagEnd::CodeBlock) => literal -= 1,
            _ => {}
        }
        match event {
            Event::Text(text) if literal == 0 && text.contains("://") => split(&finder, &text),
            other => vec![other],
        }
    })
}

fn split(finder: &LinkFinder, text: &str) -> Vec<Event<'static>> {
    let owned = |text: &str| CowStr::from(text.to_owned());
    let mut events = Vec::new();
    for span in finder.spans(text) {
        let shown = Event::Text(owned(span.as_str()));
        if span.kind().is_some() {
            let tag = Tag::Link { link_type: LinkType::Autolink, dest_url: owned(span.as_str()), title: "".into(), id: "".into() };
            events.extend([Event::Start(tag), shown, Event::End(TagEnd::Link)]);
        } else {
            events.push(shown);
        }
    }
    events
}
