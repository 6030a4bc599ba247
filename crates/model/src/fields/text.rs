use std::borrow::Cow;

use crate::Rule;
use crate::fields::{at_most, is_blank};

/// The maximum length of a comment, in characters: about four printed pages.
const MAX_LENGTH: usize = 10_000;

/// Checks a text. Line breaks, which forms send as `\r
/// `, become `
/// `.
pub(crate) fn check(typed: &str) -> Result<String, Rule> {
    let text = if typed.contains('\r') { typed.replace("\r\n", "\n").replace('\r', "\n").into() } else { Cow::from(typed) };
    let text = text.trim_matches('\n').trim_end();
    at_most(text, MAX_LENGTH)?;
    if is_blank(text) {
        return Err(Rule::Required);
    }
    // PostgreSQL cannot store NUL, and no other control character has a meaning on a page.
    if text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(Rule::Characters);
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_kept_as_typed() {
        assert_eq!(check("\r\n    code\r\nb *c* \n\n").as_deref(), Ok("    code\nb *c*"));
        assert_eq!(check(" \n\t"), Err(Rule::Required));
        assert_eq!(check("a\0b"), Err(Rule::Characters));
        assert_eq!(check(&"é".repeat(10_000)).map(|t| t.len()), Ok(20_000));
        assert_eq!(check(&"é".repeat(10_001)), Err(Rule::TooLong(10_000)));
    }
}
