//! Source files that the documentation names. A moved file is noticed here, not by a reader.

use std::path::Path;

/// The pages for those who work on the code.
const PAGES: [&str; 3] = ["docs/architecture.md", "SECURITY.md", "CONTRIBUTING.md"];

/// Returns the files and folders of crates that a page names and that do not exist.
pub(super) fn check(root: &Path) -> anyhow::Result<Vec<String>> {
    let exists = |path: &str| root.join(path).exists() || root.join("crates").join(path).exists();
    let mut violations = Vec::new();
    for page in PAGES {
        let text = std::fs::read_to_string(root.join(page))?;
        violations.extend(paths(&text).filter(|path| !exists(path)).map(|path| format!("{page}: {path} does not exist")));
    }
    Ok(violations)
}

/// Returns the code spans that are the path of a file or a folder in a crate, from the root or from `crates/`.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let spans = text.split('`').skip(1).step_by(2);
    spans.filter(|span| !span.contains([' ', '*']) && (span.contains("/src/") || span.contains("/tests/") || span.starts_with("crates/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_in_code_spans() {
        let text = "store/src/no.rs `store/src/url.rs` and `crates/xtask/browser`, `crates/*/tests`, `a/src/b c`, `ardoise serve`";
        assert_eq!(paths(text).collect::<Vec<_>>(), ["store/src/url.rs", "crates/xtask/browser"]);
    }
}
