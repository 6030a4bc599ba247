//! The rules for each field of a submission, one file per field.

pub(crate) mod author;
pub(crate) mod email;
pub(crate) mod site;
pub(crate) mod text;

use unicode_segmentation::UnicodeSegmentation;

use crate::Rule;

/// Characters that reverse the direction of the following text, so that an author's name could disguise itself as another part of the page.
const DIRECTION: [char; 9] = ['\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'];

/// Returns the text as it is stored, if it is valid for a comment.
pub fn checked_text(typed: &str) -> Result<String, Rule> {
    text::check(typed)
}

/// Checks the number of characters as a reader counts them, and also the number of bytes, because one such character may have any number of
/// combining accents.
fn at_most(text: &str, characters: usize) -> Result<(), Rule> {
    // A character has at least one byte, so most texts need not be split into characters.
    let fits = text.len() <= characters || text.len() <= characters * 8 && text.graphemes(true).nth(characters).is_none();
    if fits { Ok(()) } else { Err(Rule::TooLong(characters)) }
}

/// Returns whether anything is visible. Zero-width characters alone are neither a name nor a comment.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_unseen(c))
}

/// Returns whether a character is invisible: `Default_Ignorable_Code_Point`, anchors of annotations, and the empty pattern of Braille.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}
