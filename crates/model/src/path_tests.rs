use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::*;

fn origin() -> Origin {
    "https://blog.example.org".parse().expect("an origin")
}

fn parse(sent: &str) -> Result<String, PathError> {
    ArticlePath::parse(sent, &origin()).map(|path| path.as_str().to_owned())
}

#[test]
fn many_spellings_are_one_article() {
    for (sent, path) in [
        // trailing slash, index.html
        ("/2017/été/", "/2017/été/"),
        ("/2017/été", "/2017/été/"),
        ("/2017/été/index.html", "/2017/été/"),
        ("/2017/été/index.htm", "/2017/été/"),
        ("/2017/été/index.htm/index.html", "/2017/été/"),
        ("2017/été", "/2017/été/"),
        ("  /2017/été/\n", "/2017/été/"),
        ("/a/b.html", "/a/b.html"),
        ("/a/b.html/", "/a/b.html"),
        ("/a/b.htm", "/a/b.htm"),
        ("/ubuntu-9.10", "/ubuntu-9.10/"),
        ("/a/counts.html", "/a/counts.html"),
        // the home page
        ("/", "/"),
        ("/index.html", "/"),
        ("https://blog.example.org", "/"),
        ("https://blog.example.org?x=1", "/"),
        // doubled slashes and dot segments
        ("//a///b//", "/a/b/"),
        ("/a/./b/../c/", "/a/c/"),
        ("/../../etc/passwd", "/etc/passwd/"),
        ("/a/%2e%2E/b/", "/b/"),
        ("/a%2Fb/", "/a/b/"),
        // query and fragment
        ("/a/?utm_source=x", "/a/"),
        ("/a?b/c.html", "/a/"),
        ("/a/#comment-7k2m9q4xrt", "/a/"),
        ("/what%3F/", "/what?/"),
        ("/c%23/", "/c#/"),
        // host
        ("https://blog.example.org/a/", "/a/"),
        ("http://BLOG.example.org:80/a/", "/a/"),
        ("HTTPS://blog.example.org/a/?x#y", "/a/"),
        // percent-encoding: decoded once
        ("/A%20b/", "/A b/"),
        ("/100%25/", "/100%/"),
        ("/100%/", "/100%/"),
        ("/a%2520b/", "/a%20b/"),
        ("/a+b/", "/a+b/"),
        // accents in NFC, NFD and escapes
        ("/\u{e9}/", "/é/"),
        ("/e\u{301}/", "/é/"),
        ("/%C3%A9/", "/é/"),
        ("/e%CC%81/", "/é/"),
        // upper case kept
        ("/A/", "/A/"),
        ("/É/", "/É/"),
        ("/日本語/%E8%A8%98/", "/日本語/記/"),
    ] {
        assert_eq!(parse(sent), Ok(path.to_owned()), "{sent:?}");
    }
}

#[test]
fn what_names_no_article_is_refused_by_name() {
    let long = "x".repeat(241);
    let deep = "/abcdefgh".repeat(120);
    for (sent, error) in [
        ("", PathError::Empty),
        ("  ", PathError::Empty),
        ("https://evil.example/a/", PathError::OtherSite("https://evil.example".into())),
        ("https://blog.example.org:8443/a/", PathError::OtherSite("https://blog.example.org:8443".into())),
        ("https://blog.example.org@evil.example/", PathError::OtherSite("https://blog.example.org@evil.example".into())),
        ("https://me@blog.example.org/", PathError::OtherSite("https://me@blog.example.org".into())),
        ("javascript:alert(1)", PathError::OtherSite("javascript:alert(1)".into())),
        ("file:///etc/passwd", PathError::OtherSite("file://".into())),
        ("/%ff/", PathError::NotUtf8),
        ("/a%00/", PathError::Character),
        ("/a%0Ab/", PathError::Character),
        ("/a\\..\\b/", PathError::Character),
        ("/.git/config", PathError::Reserved(".git".into())),
        ("/counts.json", PathError::Reserved("counts.json".into())),
        ("/a/feed.XML/b", PathError::Reserved("feed.XML".into())),
        ("/counts.html", PathError::Reserved("counts.html".into())),
        ("/latest.html", PathError::Reserved("latest.html".into())),
        ("/challenge.html", PathError::Reserved("challenge.html".into())),
        ("/a/index.2.html", PathError::Reserved("index.2.html".into())),
        (&long, PathError::TooLong),
        (&deep, PathError::TooLong),
    ] {
        assert_eq!(parse(sent), Err(error), "{sent:?}");
    }
}

#[test]
fn each_article_has_a_file_of_its_own() {
    for (sent, file) in [
        ("/", "index.json"),
        ("/a/b/", "a/b/index.json"),
        ("/a/b.html", "a/b.json"),
        ("/a/b.htm", "a/b.htm/index.json"),
        ("/été/", "été/index.json"),
    ] {
        assert_eq!(ArticlePath::parse(sent, &origin()).expect("a path").file(), file);
    }
}

#[test]
fn further_pages_and_feeds_lie_beside_it() {
    for (sent, page, feed) in [
        ("/", "index.2.json", "index.feed.xml"),
        ("/a/b/", "a/b/index.2.json", "a/b/feed.xml"),
        ("/a/b.html", "a/b.html.2.json", "a/b.feed.xml"),
        ("/a/b.htm", "a/b.htm/index.2.json", "a/b.htm/feed.xml"),
    ] {
        let path = ArticlePath::parse(sent, &origin()).expect("a path");
        assert_eq!((path.page_file(2).as_str(), path.feed_file().as_str()), (page, feed));
    }
}

#[test]
fn is_encoded_for_urls() {
    let path = ArticlePath::parse("/A b/100%/été?#/", &origin()).expect("a path");
    assert_eq!(path.to_url_path(), "/A%20b/100%25/%C3%A9t%C3%A9/");
}

#[test]
fn a_page_should_write_it_in_one_way() {
    let path = |sent: &str| ArticlePath::parse(sent, &origin()).expect("a path");
    for good in ["/a/", "/\u{e9}/", "/e\u{301}/", "/%C3%A9/", "/%c3%a9/", "/A%20b/", "/100%25/", "/100%/", "/c%2B%2B.html", "/"] {
        assert!(path(good).is_written(good), "{good}");
    }
    for bad in ["a/", "/a", "/a/?x", "/a/#x", "//a/", "/a/index.html", " /a/", "https://blog.example.org/a/", "/%C3%A9-100%/"] {
        assert!(!path(bad).is_written(bad), "{bad}");
    }
}

/// Paths made of parts that may collide.
const SOME_PATH: &str = "(/(a|b|index|counts|feed|b\\.feed|b\\.html?|index\\.2|b\\.html\\.(2|12)|2|\\.html)){1,3}(\\.html)?/?";

proptest! {
    #[test]
    fn a_parsed_path_means_itself(sent in "\\PC{0,40}|(/(\\.|\\.\\.|%2e|a|é|index\\.html?|b\\.html?|%2F| ){0,3}){0,5}") {
        if let Ok(path) = ArticlePath::parse(&sent, &origin()) {
            prop_assert_eq!(ArticlePath::parse(&path.to_url_path(), &origin()), Ok(path.clone()));
            let file = path.file();
            prop_assert!(!file.starts_with('/') && file.split('/').all(|s| !s.is_empty() && !s.starts_with('.')), "{}", file);
        }
    }

    #[test]
    fn two_articles_never_share_a_file(a in SOME_PATH, b in SOME_PATH) {
        if let (Ok(a), Ok(b)) = (ArticlePath::parse(&a, &origin()), ArticlePath::parse(&b, &origin())) {
            prop_assert_eq!(a == b, a.file() == b.file());
            let files = |path: &ArticlePath| [path.file(), path.page_file(2), path.page_file(12), path.feed_file()];
            let of_site = ["challenge.json", "counts.json", "latest.json", "recent.json", "feed.xml", "feed.json"].map(str::to_owned);
            let others = if a == b { vec![] } else { files(&b).to_vec() };
            for file in files(&a) {
                prop_assert!(!others.contains(&file) && !of_site.contains(&file), "{}", file);
            }
        }
    }
}
