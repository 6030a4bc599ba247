//! Output for people and for programs.

use std::io::{self, IsTerminal, Write};

use ardoise_model::{Comment, Timestamp};
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{ContentArrangement, Table};
use serde_json::{Value, json};

/// Prints a table on a terminal, and tab-separated fields elsewhere. Fields are printed without the header.
pub(crate) fn list(header: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| visible(cell)).collect()).collect();
    let mut out = io::stdout().lock();
    if out.is_terminal() {
        let mut table = Table::new();
        table.load_style(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic).set_header(header);
        table.add_rows(rows);
        return writeln!(out, "{table}");
    }
    for row in &rows {
        writeln!(out, "{}", row.join("\t"))?;
    }
    Ok(())
}

/// Returns a text on one line, with control characters and bidirectional overrides escaped, so that a terminal shows them.
pub(crate) fn visible(text: &str) -> String {
    let is_control = |c: char| c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if is_control(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// Does the same for a text of several lines.
pub(crate) fn visible_lines(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

/// Removes the numbers of system errors from a message. They follow a text that says the same.
pub(crate) fn without_codes(text: &str) -> String {
    let mut parts = text.split(" (os error ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| match part.split_once(')') {
        Some((code, rest)) if code.bytes().all(|byte| byte.is_ascii_digit()) => text + rest,
        _ => text + " (os error " + part,
    })
}

/// Prints a line to standard output. Unlike `println!`, returns an error when the reader has closed the pipe.
pub(crate) fn line(text: impl std::fmt::Display) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

pub(crate) fn json(value: &Value) -> io::Result<()> {
    // JSON does not require all control characters to be escaped.
    let text = format!("{value:#}");
    let is_control = |c: char| matches!(c, '\u{7f}'..='\u{9f}');
    line(text.chars().map(|c| if is_control(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }).collect::<String>())
}

pub(crate) fn comment(comment: &Comment) -> Value {
    json!({
        "id": comment.id.as_str(),
        "status": comment.status.as_str(),
        "article": comment.article.as_str(),
        "parent": comment.parent.as_ref().map(ardoise_model::CommentId::as_str),
        "author": comment.author,
        "site": comment.site,
        "date": comment.created_at.to_string(),
        "layer": comment.layer,
        "text": comment.text,
        "version": comment.version(),
    })
}

/// Formats a time in the local time zone.
pub(crate) fn local(time: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(time.0) {
        Ok(time) => time.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => time.to_string(),
    }
}

/// Returns the beginning of a text, on one line.
pub(crate) fn excerpt(text: &str, characters: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn codes_are_left_out() {
        for (text, expected) in [
            ("a: Permission denied (os error 13); mend it (now)", "a: Permission denied; mend it (now)"),
            ("x (os error 1) y (os error 2)", "x y"),
            ("nothing", "nothing"),
            ("(os error x)", "(os error x)"),
        ] {
            assert_eq!(super::without_codes(text), expected);
        }
    }
}
