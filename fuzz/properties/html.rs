//! Properties of the HTML of every comment, stated independently of the code.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

const ELEMENTS: [&str; 12] = ["p", "br", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a"];
/// Elements that end a paragraph. A parser would move them out of it.
const BLOCKS: [&str; 6] = ["p", "pre", "blockquote", "ul", "ol", "li"];
const REL: &str = "nofollow ugc noopener";

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(ELEMENTS))
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
        .generic_attributes(HashSet::new())
        .set_tag_attribute_value("pre", "tabindex", "0")
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .clean_content_tags(HashSet::from(["script", "style"]))
        .link_rel(Some(REL));
    builder
});

pub(crate) fn holds(input: &[u8]) {
    let Ok(typed) = std::str::from_utf8(input) else { return };
    let html = ardoise_model::to_html(typed);
    scan(&html);
    assert_eq!(SANITISER.clean(&html).to_string(), html, "cleaned again, it changes: a parser reads it in another way than it was written");
}

/// Checks HTML that needs no error recovery by a parser: every tag is closed, and every `<` and `&` is generated.
fn scan(html: &str) {
    let mut open = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        is_text(&rest[..at]);
        assert!(!in_a_list(&open) || rest[..at].trim().is_empty(), "text between the items of a list: {html:?}");
        let tag = Tag::read(&rest[at..]).unwrap_or_else(|| panic!("not a tag of ours: {:?}", &rest[at..]));
        rest = tag.rest;
        if tag.closes {
            assert_eq!(open.pop(), Some(tag.name), "closed in another order than opened: {html:?}");
        } else {
            tag.is_allowed();
            tag.may_stand_in(&open);
            if tag.name != "br" {
                open.push(tag.name);
            }
        }
    }
    is_text(rest);
    assert!(open.is_empty(), "{open:?} left open: {html:?}");
}

fn is_text(text: &str) {
    assert!(!text.contains('>'), "a bare > in {text:?}");
    for after in text.split('&').skip(1) {
        assert!(["amp;", "lt;", "gt;", "quot;", "nbsp;"].iter().any(|name| after.starts_with(name)), "a bare & in {text:?}");
    }
}

struct Tag<'a> {
    name: &'a str,
    closes: bool,
    attributes: Vec<(&'a str, &'a str)>,
    /// The HTML after the tag.
    rest: &'a str,
}

impl<'a> Tag<'a> {
    fn read(html: &'a str) -> Option<Self> {
        let opened = html.strip_prefix('<')?;
        let (closes, named) = opened.strip_prefix('/').map_or((false, opened), |rest| (true, rest));
        let (name, mut rest) = named.split_at(named.find(|c: char| !c.is_ascii_lowercase())?);
        let mut attributes = Vec::new();
        while let Some(attribute) = rest.strip_prefix(' ') {
            let (name, value) = attribute.split_once("=\"")?;
            let (value, after) = value.split_once('"')?;
            attributes.push((name, value));
            rest = after;
        }
        Some(Self { name, closes, attributes, rest: rest.strip_prefix('>')? })
    }

    fn is_allowed(&self) {
        assert!(ELEMENTS.contains(&self.name), "an element {:?}", self.name);
        let mut seen = HashSet::new();
        for (attribute, value) in &self.attributes {
            assert!(seen.insert(attribute), "{attribute:?} twice");
            match (self.name, *attribute) {
                ("a", "href") => leads_to_a_site(value),
                ("a", "rel") => assert_eq!(*value, REL),
                ("ol", "start") => assert!(value.len() <= 3 && value.bytes().all(|b| b.is_ascii_digit()), "start={value:?}"),
                ("pre", "tabindex") => assert_eq!(*value, "0"),
                _ => panic!("{attribute:?}={value:?} on {:?}", self.name),
            }
        }
        assert_eq!(self.name == "a", seen.contains(&"rel"), "only links have a rel, and all have");
    }

    fn may_stand_in(&self, open: &[&str]) {
        let within = |name: &str| open.contains(&name);
        assert!(!(BLOCKS.contains(&self.name) && within("p")), "{} in a paragraph", self.name);
        assert!(!(self.name == "a" && within("a")), "a link in a link");
        assert_eq!(self.name == "li", in_a_list(open), "{} in {open:?}: lists have items, and nothing else has", self.name);
    }
}

fn in_a_list(open: &[&str]) -> bool {
    matches!(open.last(), Some(&("ul" | "ol")))
}

/// Checks the URL as a browser would parse it.
fn leads_to_a_site(value: &str) {
    is_text(&value.replace('>', "&gt;"));
    let typed = value.replace("&quot;", "\"").replace("&nbsp;", "\u{a0}").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let url = url::Url::parse(&typed).unwrap_or_else(|error| panic!("{typed:?}: {error}"));
    assert!(["http", "https", "mailto"].contains(&url.scheme()), "{typed:?}");
}
