use unicode_normalization::UnicodeNormalization;

use crate::Rule;
use crate::fields::{DIRECTION, at_most, is_blank};

/// The maximum length of a name, in characters.
const MAX_LENGTH: usize = 60;

/// Checks a name: one line, NFC, without surrounding white space.
pub(crate) fn check(typed: &str) -> Result<String, Rule> {
    let typed = typed.trim();
    at_most(typed, MAX_LENGTH)?;
    let name: String = typed.nfc().collect();
    if is_blank(&name) {
        return Err(Rule::Required);
    }
    if name.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || DIRECTION.contains(&c)) {
        return Err(Rule::Characters);
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_people_are_called() {
        for name in ["Ada", "Jean-François", "O’Neill <3", "李", "👩‍👩‍👧‍👦", "a".repeat(60).as_str()] {
            assert_eq!(check(name).as_deref(), Ok(name));
        }
        assert_eq!(check("  Zoe\u{308} ").as_deref(), Ok("Zoë"));
    }

    #[test]
    fn nothing_that_hides_or_deceives() {
        for unseen in [
            " \u{200b} ",
            "\u{3164}",
            "\u{2800}\u{2800}",
            "\u{34f}",
            "\u{61c}\u{206a}",
            "\u{e0041}\u{e007f}",
            "\u{1d173}\u{fffb}",
            "\u{202e}",
        ] {
            assert_eq!(check(unseen), Err(Rule::Required), "{unseen:?}");
        }
        for line in ["Ada\nAdmin", "Ada\u{2028}Admin", "Ada\u{2029}Admin"] {
            assert_eq!(check(line), Err(Rule::Characters), "{line:?}");
        }
        assert_eq!(check("\u{202e}nimda"), Err(Rule::Characters));
        assert_eq!(check(&"a".repeat(61)), Err(Rule::TooLong(60)));
        assert_eq!(check(&format!("a{}", "\u{301}".repeat(500))), Err(Rule::TooLong(60)));
    }
}
