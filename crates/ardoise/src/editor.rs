//! Editing a text in the user's editor.

use std::io::Write;
use std::process::Command;

use anyhow::{Context, ensure};

/// Opens a text in the editor; returns the edited text.
pub(crate) fn edit(text: &str) -> anyhow::Result<String> {
    let named = ["VISUAL", "EDITOR"].into_iter().find_map(|name| std::env::var(name).ok().filter(|editor| !editor.trim().is_empty()));
    let editor = named.unwrap_or_else(|| "vi".to_owned());
    // Temporary files are readable for this user only.
    let mut file = tempfile::Builder::new().prefix("ardoise-").suffix(".md").tempfile().context("a file for the editor")?;
    writeln!(file, "{text}").and_then(|()| file.flush()).context("a file for the editor")?;
    // The variable may contain options.
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let status = Command::new(program).args(words).arg(file.path()).status();
    let status = status.with_context(|| format!("the editor {program:?} does not start; name another one in EDITOR"))?;
    ensure!(status.success(), "the editor {editor:?} ended with {status}");
    // Read by its path, because editors may replace the file.
    std::fs::read_to_string(file.path()).context("what the editor left behind")
}
