//! Replays the inputs that the fuzzer has kept.

#[path = "../../../fuzz/properties/article.rs"]
mod article;
#[path = "../../../fuzz/properties/corpus.rs"]
mod corpus;
#[path = "../../../fuzz/properties/html.rs"]
mod html;

#[test]
fn articles() {
    corpus::replay("article", article::holds);
}

#[test]
fn markdown_to_html() {
    corpus::replay("html", html::holds);
}
