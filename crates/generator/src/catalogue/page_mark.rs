//! The mark that makes a page an article: an element with `data-ardoise-article`.
//!
//! Pages are read with an HTML tokenizer. Searching the text would be wrong: site generators escape `+` as `&#43;` in attributes, and a
//! mark in a code example is not a mark.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

const ARTICLE: &str = "data-ardoise-article";
const TITLE: &str = "data-ardoise-title";
pub(crate) const DATE: &str = "data-ardoise-date";
const CLOSED: &str = "data-ardoise-closed";
pub(crate) const CLOSES: &str = "data-ardoise-closes";
const DRAFT: &str = "data-ardoise-draft";
const LANGUAGE: &str = "data-ardoise-lang";

/// A mark as the page writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PageMark {
    /// The article's URL or URL path, unparsed.
    pub(crate) path: String,
    /// The article's title, with white space collapsed.
    pub(crate) title: String,
    /// Whether new comments are accepted.
    pub(crate) open: bool,
    /// The time from which on new comments are not accepted, unparsed.
    pub(crate) closes: Option<String>,
    /// The date of publication, unparsed.
    pub(crate) date: Option<String>,
    /// Whether the page is a draft, shown to its author only.
    pub(crate) draft: bool,
    /// The language of the mark's element, or else of the page.
    pub(crate) language: Option<String>,
}

/// Returns the marks in a page.
pub(crate) fn parse_marks(html: &[u8]) -> Vec<PageMark> {
    let text = String::from_utf8_lossy(html);
    // Most pages of most sites have no mark. They need not be tokenized.
    if !text.contains(ARTICLE) {
        return vec![];
    }
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(&text));
    let tokenizer = Tokenizer::new(MarkSink::default(), TokenizerOpts::default());
    // The tokenizer stops early only if the sink asks for it.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.marks.into_inner()
}

#[derive(Default)]
struct MarkSink {
    marks: RefCell<Vec<PageMark>>,
    /// The `lang` attribute of the `<html>` element, which comes before every mark.
    language: RefCell<Option<String>>,
}

impl TokenSink for MarkSink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
        if tag.kind != TagKind::StartTag {
            return TokenSinkResult::Continue;
        }
        if &*tag.name == "html" {
            *self.language.borrow_mut() = attribute(&tag, "lang");
        }
        self.marks.borrow_mut().extend(parse_mark(&tag, self.language.borrow().as_deref()));
        // Tags inside these elements are text to a browser.
        match &*tag.name {
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "iframe" | "noembed" | "noframes" | "xmp" => TokenSinkResult::RawData(RawKind::Rawtext),
            "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }
}

fn parse_mark(tag: &Tag, page: Option<&str>) -> Option<PageMark> {
    let attribute = |name| attribute(tag, name);
    let path = attribute(ARTICLE)?;
    let title = attribute(TITLE).unwrap_or_default();
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let language = attribute(LANGUAGE).or_else(|| page.map(ToOwned::to_owned)).map(|language| language.trim().to_owned());
    Some(PageMark {
        path,
        title,
        open: attribute(CLOSED).is_none(),
        closes: attribute(CLOSES),
        date: attribute(DATE),
        draft: attribute(DRAFT).is_some(),
        language: language.filter(|language| !language.is_empty()),
    })
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| attribute.value.to_string())
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn are_found_wherever_a_browser_would_find_an_element() {
        let page = br#"<!doctype html><html lang=fr><title><i data-ardoise-article="/title/"></title>
            <script>'<i data-ardoise-article="/script/">'</script>
            <!-- <i data-ardoise-article="/comment/"> --><pre>&lt;i data-ardoise-article="/code/"></pre>
            <section class=x data-ardoise-article="/c&#43;&#43;/%C3%A9t%C3%A9/" data-ardoise-title="&lsquo;A&rsquo; &amp;
              b" data-ardoise-closes=2018-01-01 data-ardoise-date="2017-01-01">
            <textarea><i data-ardoise-article="/textarea/"></textarea></section>
            <section DATA-ARDOISE-ARTICLE=/b/ data-ardoise-closed data-ardoise-draft data-ardoise-lang=pt-BR></section>"#;
        let found = [
            PageMark {
                path: "/c++/%C3%A9t%C3%A9/".into(),
                title: "‘A’ & b".into(),
                open: true,
                closes: Some("2018-01-01".into()),
                date: Some("2017-01-01".into()),
                draft: false,
                language: Some("fr".into()),
            },
            PageMark { path: "/b/".into(), draft: true, language: Some("pt-BR".into()), ..PageMark::default() },
        ];
        assert_eq!(parse_marks(page), found);
        assert_eq!(parse_marks(b"<p>no mark"), []);
    }
}
