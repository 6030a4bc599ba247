use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::to_html;

const REL: &str = r#"rel="nofollow ugc noopener""#;

#[test]
fn a_commenters_markdown() {
    for (typed, html) in [
        ("Hello *you* and **all**, ~~not~~", "<p>Hello <em>you</em> and <strong>all</strong>, <del>not</del></p>\n"),
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("`a < b`", "<p><code>a &lt; b</code></p>\n"),
        ("```rust\nfn a() {}\n```", "<pre tabindex=\"0\"><code>fn a() {}\n</code></pre>\n"),
        ("> quoted", "<blockquote>\n<p>quoted</p>\n</blockquote>\n"),
        ("3. three\n4. four", "<ol start=\"3\">\n<li>three</li>\n<li>four</li>\n</ol>\n"),
        ("999999999. a", "<ol>\n<li>a</li>\n</ol>\n"),
        ("# Loud", "<p><strong>Loud</strong></p>\n"),
        ("a\n\n---\n\nb", "<p>a</p>\n<p>b</p>\n"),
    ] {
        assert_eq!(to_html(typed), html, "{typed:?}");
    }
}

#[test]
fn links() {
    for (typed, href, shown) in [
        ("[here](https://a.example/)", "https://a.example/", "here"),
        ("<mailto:ada@a.example>", "mailto:ada@a.example", "mailto:ada@a.example"),
        ("https://a.example/x_y_z?a=1&b=2", "https://a.example/x_y_z?a=1&amp;b=2", "https://a.example/x_y_z?a=1&amp;b=2"),
        ("![a cat](https://a.example/cat.png)", "https://a.example/cat.png", "a cat"),
        ("[![a cat](https://b.example/c.png)](https://a.example/)", "https://a.example/", "a cat"),
    ] {
        assert_eq!(to_html(typed), format!("<p><a href=\"{href}\" {REL}>{shown}</a></p>\n"), "{typed:?}");
    }
    assert_eq!(
        to_html("see (https://a.example/b)."),
        format!("<p>see (<a href=\"https://a.example/b\" {REL}>https://a.example/b</a>).</p>\n")
    );
    assert_eq!(to_html("[l](https://a.example/ \"tip\")"), format!("<p><a href=\"https://a.example/\" {REL}>l</a></p>\n"));
    assert_eq!(to_html("`https://a.example/`"), "<p><code>https://a.example/</code></p>\n");
}

#[test]
fn what_would_show_nothing_shows_as_typed() {
    for typed in [
        "[edit]: fixed",
        "***",
        "---",
        "-",
        "```",
        "* * *",
        "+",
        "1.",
        "#",
        "[a]: b \"c\"",
        "[^1]: aside",
        "- -",
        "~~~",
        "&nbsp;",
        "&#8203;",
    ] {
        let shown = to_html(typed).replace("&amp;", "&");
        let typed = typed.trim();
        assert_eq!(shown, format!("<p>{typed}</p>\n"));
        assert_eq!(crate::preview(typed).map(|html| html.replace("&amp;", "&")), Ok(shown), "the preview shows the same");
    }
    assert_eq!(to_html("***\n\n***"), "<p>***<br>\n<br>\n***</p>\n");
    assert_eq!(to_html("> "), "<p>&gt;</p>\n");
}

#[test]
fn no_part_of_a_text_is_lost() {
    assert_eq!(to_html("Nice[^1].\n\n[^1]: aside"), "<p>Nice[^1].</p>\n<p>[^1]: aside</p>\n");
    assert_eq!(to_html("Hello\n\n[edit]: fixed"), "<p>Hello</p>\n<p>[edit]: fixed</p>\n");
    assert_eq!(to_html("> [edit]: fixed"), "<blockquote>\n<p>[edit]: fixed</p>\n</blockquote>\n");
    assert_eq!(to_html("- [edit]: fixed"), "<ul>\n<li>[edit]: fixed</li>\n</ul>\n");
    // A definition in use is visible in its link. A repeated definition is not used.
    let used = to_html("[a] b\n\n[A]: https://a.example/\n[a]: again");
    assert_eq!(used, format!("<p><a href=\"https://a.example/\" {REL}>a</a> b</p>\n<p>[a]: again</p>\n"));
    // Code is always visible.
    assert_eq!(to_html("    [edit]: fixed"), "<pre tabindex=\"0\"><code>[edit]: fixed\n</code></pre>\n".replace("fixed\n", "fixed"));
    for (typed, shown) in [("![](https://a.example/c.png)", "https://a.example/c.png"), ("[](https://a.example/)", "https://a.example/")] {
        assert_eq!(to_html(typed), format!("<p><a href=\"{shown}\" {REL}>{shown}</a></p>\n"));
    }
}

#[test]
fn a_renderer_that_panics_is_survived() {
    assert_eq!(super::catch_panic(|| panic!("on purpose")), Err(super::Unrenderable));
}

#[test]
fn raw_html_shows_as_typed() {
    assert_eq!(to_html("a <b onclick=x>b</b>"), "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n");
    assert_eq!(to_html("<script>\nalert(1)\n</script>"), "<p>&lt;script&gt;\nalert(1)\n&lt;/script&gt;</p>\n");
    assert_eq!(to_html("[l](javascript:alert(1))"), format!("<p><a {REL}>l</a></p>\n"));
    assert_eq!(to_html("[l](/admin)"), format!("<p><a {REL}>l</a></p>\n"));
}

#[test]
fn deep_nesting_keeps_the_text_and_loses_the_frames() {
    for deep in [">".repeat(9_000), "*a ".repeat(3_000), "- ".repeat(4_000), "[".repeat(9_000), "`".repeat(9_000) + "\n"] {
        let html = to_html(&format!("{deep}x"));
        assert!(html.contains('x') && html.matches("<blockquote>").count() <= 12 && html.matches("<ul>").count() <= 12, "{deep:.9}");
    }
}

#[test]
fn a_list_has_items_however_deep() {
    // One more list than the maximum, the first at an odd depth.
    let html = to_html(&format!("> {}x", "- ".repeat(12)));
    assert_eq!((html.matches("<ul>").count(), html.matches("<li>").count()), (11, 11), "{html}");
    assert!(html.contains("<li>x</li>"), "{html}");
}

proptest! {
    #[test]
    fn only_what_is_allowed_survives(typed in r#"([<>"'&`*_\[\]()!#\-/:= \n]|script|img|svg|on|href|javascript:|data:|https://|x){0,40}"#) {
        let html = to_html(&typed);
        for tag in html.split('<').skip(1) {
            let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
            prop_assert!(["p", "br", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a"].contains(&name.as_str()), "{}", html);
            let attributes = tag.split('>').next().unwrap_or_default();
            let safe = ["=\"http://", "=\"https://", "=\"mailto:"].iter().any(|scheme| attributes.contains(scheme));
            prop_assert!(safe || !attributes.contains("href"), "{}", html);
        }
        prop_assert_eq!(super::sanitise::clean(&html), &*html, "cleaning again changes nothing");
        prop_assert!(typed.trim().is_empty() || super::as_typed::shows_something(&html), "something is seen of {typed:?}");
    }

    #[test]
    fn every_word_is_seen(typed in r#"(ab |\[|\]|\]:|\)|\^|"|'|>|\n|\n\n|- |1\. |cd|\\){0,24}"#) {
        let html = to_html(&typed);
        for word in ["ab", "cd"] {
            prop_assert!(html.matches(word).count() >= usize::from(typed.contains(word)), "{word} of {typed:?} in {html}");
        }
    }
}
