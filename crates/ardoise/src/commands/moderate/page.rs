use std::io;

use ardoise_model::Comment;
use ardoise_store::CommentDetail;
use console::{Term, measure_text_width};

use super::keys::HELP;
use crate::config::Config;
use crate::output::{self, visible};

/// The longest line; longer ones are hard to read.
const MAX_WIDTH: usize = 100;

/// Prints a comment with what a decision needs.
pub(super) fn show(detail: &CommentDetail, parent: Option<&Comment>, waiting: usize, config: &Config) -> io::Result<()> {
    let comment = &detail.comment;
    output::line(format_args!(
        "\n{waiting} {}. {} of {}",
        if waiting == 1 { "waits" } else { "wait" },
        comment.id,
        output::local(comment.created_at)
    ))?;
    output::line(format_args!("On {}", visible(&detail.article.title)))?;
    output::line(format_args!("   {}{}", config.site.origin, comment.article.to_url_path()))?;
    if let Some(parent) = parent {
        output::line(format_args!("Answers {}: {}", visible(&parent.author), visible(&output::excerpt(&parent.text, 60))))?;
    }
    let site = comment.site.as_deref().map(|site| format!(", {}", visible(site))).unwrap_or_default();
    output::line(format_args!("By {}{site}", visible(&comment.author)))?;
    if let Some(layer) = &comment.layer {
        output::line(format_args!("Held by {layer}"))?;
    }
    output::line(format_args!("\n{}\n\n{HELP}", wrapped(&comment.text, usize::from(Term::stdout().size().1).clamp(20, MAX_WIDTH))))
}

/// Wraps the text to `width` and indents it by two. Words that are longer than a line are not broken.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let mut at = String::from("  ");
        for word in visible(line).split(' ') {
            if at.len() > 2 && measure_text_width(&at) + measure_text_width(word) > width {
                lines.push(std::mem::replace(&mut at, String::from("  ")));
            }
            at.push_str(word);
            at.push(' ');
        }
        lines.push(at);
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_wide_as_the_terminal() {
        assert_eq!(wrapped("one two three\n\nfour", 10), "  one two\n  three\n\n  four");
        assert_eq!(wrapped("averyveryverylongword x", 10), "  averyveryverylongword\n  x");
        assert_eq!(wrapped("a\u{1b}[2Jb", 80), "  a\\u{1b}[2Jb");
    }
}
