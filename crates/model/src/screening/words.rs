//! Splits a text into normalised words, undoing common tricks to hide them.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// Letters of other alphabets that look like Latin ones, with the Latin letters. A word that mixes both is meant to be read as Latin.
const LOOK_ALIKES: [(char, char); 26] = [
    ('а', 'a'),
    ('е', 'e'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('х', 'x'),
    ('у', 'y'),
    ('і', 'i'),
    ('ј', 'j'),
    ('ѕ', 's'),
    ('һ', 'h'),
    ('ԁ', 'd'),
    ('ԛ', 'q'),
    ('ԝ', 'w'),
    ('к', 'k'),
    ('м', 'm'),
    ('т', 't'),
    ('в', 'b'),
    ('н', 'h'),
    ('ο', 'o'),
    ('α', 'a'),
    ('ε', 'e'),
    ('ι', 'i'),
    ('ν', 'v'),
    ('ρ', 'p'),
    ('κ', 'k'),
];

/// Returns the text with one form for each letter and without invisible characters.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    // ASCII letters have one form each, and nothing in it is invisible.
    if text.is_ascii() { text.into() } else { text.nfkc().filter(|c| !is_unseen(*c)).collect() }
}

/// Returns the text's words in lower case, with disguises removed.
pub(crate) fn words(text: &str) -> Vec<String> {
    let plain = plain(text).to_lowercase();
    plain.split(|c: char| !c.is_alphanumeric() && !is_apostrophe(c)).map(word).filter(|word| !word.is_empty()).collect()
}

/// Returns whether `words` contains the words of `phrase` in a row.
pub(crate) fn has_phrase(words: &[String], phrase: &[String]) -> bool {
    !phrase.is_empty() && words.windows(phrase.len()).any(|window| window == phrase)
}

fn word(typed: &str) -> String {
    if typed.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return typed.to_owned();
    }
    let letters = typed.chars().filter(|c| !is_apostrophe(*c));
    if typed.chars().any(|c| c.is_ascii_alphabetic()) { letters.map(honest).collect() } else { letters.collect() }
}

fn honest(letter: char) -> char {
    LOOK_ALIKES.iter().find(|(other, _)| *other == letter).map_or(letter, |(_, latin)| *latin)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_read() {
        for (text, read) in [
            ("Don't  PANIC, it’s\nfine!", "dont panic its fine"),
            ("ca\u{200b}si\u{ad}no", "casino"),
            ("ｃａｓｉｎｏ 𝐜𝐚𝐬𝐢𝐧𝐨", "casino casino"),
            ("cаsinо", "casino"),
            ("Вот так", "вот так"),
            ("Zoe\u{301} E\u{301}te\u{301}", "zoé été"),
            ("…!?", ""),
        ] {
            assert_eq!(words(text).join(" "), read, "{text}");
        }
    }

    #[test]
    fn a_phrase_is_whole_words_in_order() {
        let found = |text: &str, phrase: &str| has_phrase(&words(text), &words(phrase));
        assert!(found("Play at the Casino-Royal now", "casino royal"));
        for (text, phrase) in [("casinos", "casino"), ("royal casino", "casino royal"), ("anything", ""), ("", "casino")] {
            assert!(!found(text, phrase), "{text} {phrase}");
        }
    }
}
