//! Reads from an article's page what the comment section needs besides the mark: the script's parameters, and the texts of the form.

use std::cell::RefCell;
use std::path::Path;

use fs_err as fs;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use crate::GeneratorError;

/// The comment section of one page of the built site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArticlePage {
    /// The value of `data-tree`: where the script looks for the published files. `None` if no element has the script's parameters.
    pub tree: Option<String>,
    /// The value of `data-ardoise-module`: the version of the Hugo module that made the page.
    pub module: Option<String>,
    /// The URL that the form is sent to.
    pub action: Option<String>,
    /// Texts that are missing, named by the attribute or the element that lacks them.
    pub missing_texts: Vec<String>,
}

/// Reads the file `page` of the site in the folder `built`.
pub fn read_article_page(built: &Path, page: &str) -> Result<ArticlePage, GeneratorError> {
    Ok(parse(&String::from_utf8_lossy(&fs::read(built.join(page))?)))
}

fn parse(html: &str) -> ArticlePage {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let tokenizer = Tokenizer::new(ArticlePageSink::default(), TokenizerOpts::default());
    // The sink never asks the tokenizer to stop early.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner().page
}

#[derive(Default)]
struct ArticlePageSink(RefCell<ParserState>);

#[derive(Default)]
struct ParserState {
    page: ArticlePage,
    /// Inside the submit button: whether it has any visible content yet.
    button: Option<bool>,
}

impl TokenSink for ArticlePageSink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) if state.button.is_some() => {
                state.button = state.button.map(|shown| shown || !text.trim().is_empty());
            }
            Token::TagToken(tag) if tag.kind == TagKind::EndTag => state.end(&tag),
            Token::TagToken(tag) => {
                state.start(&tag);
                return match &*tag.name {
                    "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                    "style" | "iframe" | "noembed" | "noframes" | "xmp" => TokenSinkResult::RawData(RawKind::Rawtext),
                    "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
                    _ => TokenSinkResult::Continue,
                };
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl ParserState {
    fn end(&mut self, tag: &Tag) {
        if &*tag.name == "button" && self.button.take() == Some(false) {
            self.page.missing_texts.push("the button that sends".to_owned());
        }
    }

    fn start(&mut self, tag: &Tag) {
        let attribute = |name: &str| tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|one| one.value.to_string());
        if let (Some(tree), Some(forms)) = (attribute("data-tree"), attribute("data-forms")) {
            self.page.tree = Some(tree);
            self.page.module = attribute("data-ardoise-module");
            if forms.split('|').any(|form| form.trim().is_empty()) {
                self.page.missing_texts.push("data-forms".to_owned());
            }
        }
        // An icon in a button counts as its text.
        if let Some(shown) = self.button.as_mut() {
            *shown |= matches!(&*tag.name, "svg" | "img" | "i");
        }
        match attribute("data-ardoise").as_deref() {
            Some("form") => self.page.action = attribute("action"),
            Some("send") => self.button = Some(attribute("aria-label").or_else(|| attribute("title")).is_some()),
            Some("said") => {
                let empty = tag.attrs.iter().filter(|one| one.name.local.starts_with("data-") && one.value.trim().is_empty());
                self.page.missing_texts.extend(empty.map(|one| one.name.local.to_string()));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn missing_parts_of_a_page_are_found() {
        let page = r#"<script>'<i data-tree=/no/ data-forms=x>'</script>
            <script src=/ardoise.js data-tree=/ardoise/ data-forms="1 comment|2 comments" data-ardoise-module=0.1.0></script>
            <form action="/comments" data-ardoise="form"><p data-ardoise="said" data-thanks="Thanks" data-colon=": "></p>
            <button data-ardoise="send"><b>Send</b></button></form>"#;
        let (tree, module, action) = (Some("/ardoise/".into()), Some("0.1.0".into()), Some("/comments".into()));
        assert_eq!(parse(page), ArticlePage { tree, module, action, missing_texts: vec![] });
        assert_eq!(parse("<p data-ardoise-article=/a/>"), ArticlePage::default());
        let missing_texts = |page: &str| parse(page).missing_texts;
        assert_eq!(missing_texts("<script data-tree=/t/ data-forms='|||||'></script>"), ["data-forms"]);
        assert_eq!(missing_texts("<p data-ardoise=said data-thanks='' data-down='x' data-busy></p>"), ["data-thanks", "data-busy"]);
        assert_eq!(missing_texts("<button data-ardoise=send> </button>"), ["the button that sends"]);
        assert_eq!(missing_texts("<button data-ardoise=send aria-label=Send></button><button data-ardoise=send><svg/></button>"), [""; 0]);
    }
}
