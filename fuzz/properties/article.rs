//! Properties of every text sent as an article's path. An input of two lines is two articles.

use ardoise_model::{ArticlePath, Origin};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The files of the site's lists at the root of the published tree.
const OF_THE_SITE: [&str; 5] = ["counts.json", "latest.json", "recent.json", "feed.json", "feed.xml"];

pub(crate) fn holds(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let origin: Origin = "https://blog.example.org".parse().expect("an origin");
    is_decoded_once(text, &origin);
    let parsed: Vec<_> = text.splitn(2, '\n').filter_map(|sent| ArticlePath::parse(sent, &origin).ok()).collect();
    for path in &parsed {
        keeps_its_limits(path);
        means_itself(path, &origin);
        has_a_place_in_the_tree(path);
    }
    if let [one, other] = &parsed[..] {
        are_kept_apart(one, other);
    }
}

/// Any segment survives encoding and parsing: an escape in a name is part of the name.
fn is_decoded_once(text: &str, origin: &Origin) {
    let name: String = text.replace('/', "").nfc().collect();
    if matches!(name.as_str(), "." | ".." | "index.html" | "index.htm") {
        return;
    }
    let sent = ArticlePath::from_stored(format!("/{name}/")).to_url_path();
    if let Ok(path) = ArticlePath::parse(&sent, origin) {
        assert_eq!(path.as_str().trim_matches('/'), name, "{sent:?}");
    }
}

fn keeps_its_limits(path: &ArticlePath) {
    let text = path.as_str();
    assert!(text.len() <= ArticlePath::MAX_BYTES && text.starts_with('/') && is_nfc(text), "{text:?}");
    assert!(["/", ".html", ".htm"].iter().any(|end| text.ends_with(end)), "{text:?}");
    assert!(!text.contains("//") && !text.contains(|c: char| c.is_control() || matches!(c, '\\' | '\u{2028}' | '\u{2029}')), "{text:?}");
}

/// A path that is written and parsed again is the same article, in every spelling of it.
fn means_itself(path: &ArticlePath, origin: &Origin) {
    let written = path.to_url_path();
    assert!(path.is_written(&written), "{written:?}");
    let spellings = [
        written.clone(),
        format!("{origin}{written}"),
        format!("HTTP://BLOG.example.org:80{written}?a=/b#c"),
        format!(" /.{written}\n"),
        format!("{written}/index.html"),
        format!("{written}?/../x"),
        format!("/x/..{written}"),
    ];
    for sent in spellings.iter().filter(|sent| sent.len() <= 4 * ArticlePath::MAX_BYTES) {
        assert_eq!(ArticlePath::parse(sent, origin).as_ref(), Ok(path), "{sent:?}");
    }
}

/// Returns the article's pages and its feed.
fn files(path: &ArticlePath) -> [String; 4] {
    [path.file(), path.page_file(2), path.page_file(100), path.feed_file()]
}

fn has_a_place_in_the_tree(path: &ArticlePath) {
    for file in files(path) {
        assert!(!OF_THE_SITE.contains(&file.as_str()), "{file:?}");
        for segment in file.split('/') {
            // `.gz` is appended, and a name has at most 255 bytes. `..` and hidden names begin with a dot.
            assert!(!segment.is_empty() && !segment.starts_with('.') && segment.len() <= 252, "{file:?}");
        }
    }
}

/// Two articles share no file, and no file of one has the path of a folder of the other.
fn are_kept_apart(one: &ArticlePath, other: &ArticlePath) {
    assert_eq!(one == other, one.file() == other.file(), "{one:?} {other:?}");
    let apart = |file: &String, of_other: &String| {
        assert!(one == other || file != of_other, "{one:?} and {other:?} share {file:?}");
        for ending in ["", ".gz", ".br"] {
            assert!(!of_other.starts_with(&format!("{file}{ending}/")), "{file:?} is in the way of {of_other:?}");
            assert!(!file.starts_with(&format!("{of_other}{ending}/")), "{of_other:?} is in the way of {file:?}");
        }
    };
    for file in &files(one) {
        for of_other in &files(other) {
            apart(file, of_other);
        }
    }
}
