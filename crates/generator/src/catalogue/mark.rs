//! The mark that makes a page an article: an element with `data-ardoise-article`.
//!
//! Read by an HTML tokenizer, not by searching text: site generators write `&#43;` for a plus in an attribute, and a mark that
//! stands in a code example is no mark.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

const ARTICLE: &str = "data-ardoise-article";
const TITLE: &str = "data-ardoise-title";
pub(crate) const DATE: &str = "data-ardoise-date";
const CLOSED: &str = "data-ardoise-closed";
pub(crate) const CLOSES: &str = "data-ardoise-closes";

/// What a page says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The article's URL or URL path, as the page writes it.
    pub(crate) path: String,
    /// The article's title.
    pub(crate) title: String,
    /// Whether new comments are accepted.
    pub(crate) open: bool,
    /// The moment from which on they are not, as the page writes it.
    pub(crate) closes: Option<String>,
    /// When it was published, as the page writes it.
    pub(crate) date: Option<String>,
}

/// The marks in a page.
pub(crate) fn marks(html: &[u8]) -> Vec<Mark> {
    let text = String::from_utf8_lossy(html);
    // Most pages of most sites carry none, and need not be parsed to know it.
    if !text.contains(ARTICLE) {
        return vec![];
    }
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(&text));
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    // It could stop half-way, but only where the sink asks for it.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

#[derive(Default)]
struct Sink(RefCell<Vec<Mark>>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
        if tag.kind != TagKind::StartTag {
            return TokenSinkResult::Continue;
        }
        self.0.borrow_mut().extend(mark(&tag));
        // What a browser takes for text must not be taken for elements.
        match &*tag.name {
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "iframe" | "noembed" | "noframes" | "xmp" => TokenSinkResult::RawData(RawKind::Rawtext),
            "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }
}

fn mark(tag: &Tag) -> Option<Mark> {
    let attribute = |name| tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| attribute.value.to_string());
    let path = attribute(ARTICLE)?;
    let title = attribute(TITLE).unwrap_or_default();
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(Mark { path, title, open: attribute(CLOSED).is_none(), closes: attribute(CLOSES), date: attribute(DATE) })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn are_found_wherever_a_browser_would_find_an_element() {
        let page = br#"<!doctype html><title><i data-ardoise-article="/title/"></title>
            <script>'<i data-ardoise-article="/script/">'</script>
            <!-- <i data-ardoise-article="/comment/"> --><pre>&lt;i data-ardoise-article="/code/"></pre>
            <section class=x data-ardoise-article="/c&#43;&#43;/%C3%A9t%C3%A9/" data-ardoise-title="&lsquo;A&rsquo; &amp;
              b" data-ardoise-closes=2018-01-01 data-ardoise-date="2017-01-01">
            <textarea><i data-ardoise-article="/textarea/"></textarea></section>
            <section DATA-ARDOISE-ARTICLE=/b/ data-ardoise-closed></section>"#;
        let found = [
            Mark {
                path: "/c++/%C3%A9t%C3%A9/".into(),
                title: "‘A’ & b".into(),
                open: true,
                closes: Some("2018-01-01".into()),
                date: Some("2017-01-01".into()),
            },
            Mark { path: "/b/".into(), title: String::new(), open: false, closes: None, date: None },
        ];
        assert_eq!(marks(page), found);
        assert_eq!(marks(b"<p>no mark"), []);
    }
}
