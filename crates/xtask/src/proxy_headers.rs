//! Checks the web server configurations in the documentation: without the forwarding header, the service cannot tell readers apart.

use std::path::Path;

/// The header that every nginx location needs that passes requests to the service.
const HEADER: &str = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;";

/// Returns a violation for each configuration without the header.
pub(crate) fn check(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut violations = Vec::new();
    let is_ours = |entry: &walkdir::DirEntry| {
        !["target", ".tools", "node_modules"].iter().any(|other| entry.file_name() == *other) || entry.depth() == 0
    };
    for entry in walkdir::WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(is_ours) {
        let entry = entry?;
        if entry.path().extension().is_some_and(|ending| ending == "md" || ending == "toml" || ending == "conf") {
            let text = std::fs::read_to_string(entry.path())?;
            let page = entry.path().strip_prefix(root)?.display().to_string();
            violations
                .extend(without_header(&text).into_iter().map(|line| format!("{page}:{line}: passes requests on without `{HEADER}`")));
        }
    }
    Ok(violations)
}

/// Returns the lines of nginx's `proxy_pass` whose block lacks the header, and of Caddy directives that remove its own header.
fn without_header(text: &str) -> Vec<usize> {
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let passes = text.match_indices("proxy_pass http").map(|(at, _)| at).filter(|at| !block(text, *at).contains(HEADER));
    let removes = text.match_indices("header_up -X-Forwarded-For").map(|(at, _)| at);
    passes.chain(removes).map(line).collect()
}

/// Returns the text of the innermost block around a position.
fn block(text: &str, at: usize) -> &str {
    let mut depth = 0;
    let outside = |c: char, opens: char, closes: char, depth: &mut i32| {
        *depth += i32::from(c == closes) - i32::from(c == opens);
        *depth < 0
    };
    let start = text[..at].char_indices().rev().find(|(_, c)| outside(*c, '{', '}', &mut depth)).map_or(0, |(start, _)| start);
    depth = 0;
    let end = text[at..].char_indices().find(|(_, c)| outside(*c, '}', '{', &mut depth)).map_or(text.len(), |(end, _)| at + end);
    &text[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_of_ours_passes_the_header_on() {
        assert_eq!(check(&xtask::commands::root()).expect("read"), Vec::<String>::new());
    }

    #[test]
    fn a_location_without_the_header_is_found() {
        let good = format!("```nginx\nlocation / {{ proxy_pass http://a; {HEADER} }}\n```\n");
        assert_eq!(without_header(&good), Vec::<usize>::new());
        for bad in [
            format!("{good}location /b {{ proxy_pass http://a; }}\n"),
            format!("{good}    location /b {{\n if (x) {{ {HEADER} }}\n    }}\nlocation /c {{ proxy_pass http://a; }}\n"),
            format!("{good}reverse_proxy a {{\n\theader_up -X-Forwarded-For\n}}\n"),
            "Write `proxy_pass http://a;` there.".to_owned(),
        ] {
            assert_eq!(without_header(&bad).len(), 1, "{bad}");
        }
    }
}
