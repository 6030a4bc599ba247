//! A fast path for comments that consist of paragraphs with simple emphasis, which are the most common. These are recognised without a
//! parser, which takes ten times as long. Everything else is left to the sanitiser.

/// The elements allowed in a paragraph. They have no attributes.
const INLINE: [&str; 4] = ["em", "strong", "del", "code"];
/// The maximum nesting. Parsers have limits, and real comments do not reach it.
const MAX_DEPTH: usize = 4;

/// Returns what the sanitiser would return for `html`. `None` if the sanitiser might change it.
pub(super) fn without_sanitiser(html: &str) -> Option<String> {
    let mut clean = String::with_capacity(html.len());
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some((text, tag)) = rest.split_once('<') {
        let (name, after) = tag.split_once('>')?;
        if !is_text(text) || (open.is_empty() && text.trim_ascii() != "") {
            return None;
        }
        clean.push_str(text);
        let fits = match name.strip_prefix('/') {
            Some(name) => open.pop() == Some(name),
            None => open_element(name, &mut open),
        };
        if !fits {
            return None;
        }
        clean.push('<');
        clean.push_str(name.trim_end_matches(" /"));
        clean.push('>');
        rest = after;
    }
    (open.is_empty() && rest.trim_ascii() == "").then(|| clean + rest)
}

/// Opens an element if it is allowed here.
fn open_element<'a>(name: &'a str, open: &mut Vec<&'a str>) -> bool {
    let fits = match open.as_slice() {
        [] => name == "p",
        _ if name == "br /" => return true,
        within => within.len() < MAX_DEPTH && INLINE.contains(&name) && !within.contains(&name),
    };
    if fits {
        open.push(name);
    }
    fits
}

/// Returns whether text has only one representation.
fn is_text(text: &str) -> bool {
    let plain = |c: char| !matches!(c, '>' | '\u{a0}') && (!c.is_control() || c == '\n');
    let escaped = |after: &str| ["amp;", "lt;", "gt;"].iter().any(|name| after.starts_with(name));
    text.chars().all(plain) && text.split('&').skip(1).all(escaped)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::markdown::sanitise::clean;

    #[test]
    fn only_simple_paragraphs_skip_the_sanitiser() {
        assert_eq!(
            without_sanitiser("<p>a &lt; <em>b</em><br />\n<code>c</code></p>\n<p>d</p>\n").as_deref(),
            Some("<p>a &lt; <em>b</em><br>\n<code>c</code></p>\n<p>d</p>\n")
        );
        for more in [
            "a",
            "<p>a",
            "<p>a</em></p>",
            "<em>a</em>",
            "<p><p>a</p></p>",
            "<p><br></p>",
            "<p><a href=\"https://a.example/\">a</a></p>",
            "<p onclick=\"x\">a</p>",
            "<p>&quot;</p>",
            "<p>a & b</p>",
            "<p>a > b</p>",
            "<p>a\u{a0}b</p>",
            "<p>a\rb</p>",
            "<script>a</script>",
            "<p><!-- --></p>",
            "<p>a</p>b",
        ] {
            assert_eq!(without_sanitiser(more), None, "{more}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2048, ..ProptestConfig::default() })]

        #[test]
        fn the_sanitiser_says_the_same(html in "(<p>|</p>|<em>|</em>|<strong>|</strong>|<code>|</code>|<br />|\n|&lt;|&amp;|[ab&<>\" \u{a0}é]){0,12}") {
            let wrapped = format!("<p>{html}</p>\n");
            for html in [html, wrapped] {
                if let Some(quick) = without_sanitiser(&html) {
                    prop_assert_eq!(quick, clean(&html));
                }
            }
        }
    }
}
