use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

/// An allow-list built from nothing: the sanitiser's defaults allow remote images, headings and tables.
static COMMENT: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(["p", "br", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a"]))
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
        // Long lines scroll. Keyboard users must be able to focus them for that.
        .set_tag_attribute_value("pre", "tabindex", "0")
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        // A relative link would lead to another page wherever the comment is shown.
        .url_relative(UrlRelative::Deny)
        // The crate's `empty` builder is not empty: it allows `title` and `lang` on any element.
        .generic_attributes(HashSet::new())
        .clean_content_tags(HashSet::from(["script", "style"]))
        .link_rel(Some("nofollow ugc noopener"));
    builder
});

pub(super) fn clean(html: &str) -> String {
    COMMENT.clean(html).to_string()
}
