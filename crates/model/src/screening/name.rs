//! Holds comments signed with the name of the owner or of a moderator, or with one that looks like it. Another person of that name waits
//! for a moderator. Signed-in moderators answer in the queue, where no check is made.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

use crate::fields::is_unseen;
use crate::screening::{ContentInput, Objection};

/// Words that may accompany a name without making it another's, in the languages of the interface.
const ROLES: [&str; 34] = [
    "admin",
    "administrateur",
    "administrator",
    "author",
    "auteur",
    "autor",
    "autora",
    "autore",
    "autrice",
    "blog",
    "blogger",
    "der",
    "die",
    "editor",
    "el",
    "host",
    "il",
    "la",
    "le",
    "mod",
    "moderateur",
    "moderator",
    "official",
    "officiel",
    "op",
    "owner",
    "real",
    "site",
    "staff",
    "team",
    "the",
    "verified",
    "webmaster",
    "writer",
];

/// Names that readers may not use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(Vec<Vec<String>>);

impl Names {
    /// The names of the owner and the moderators. A name without letters or digits matches no other.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(words).filter(|words| !words.is_empty()).collect())
    }

    /// Returns whether readers could take a signature for one of the names.
    fn is_similar_to(&self, signature: &NormalisedName) -> bool {
        self.0.iter().any(|name| {
            // A single word may be another person's name: Max is not Max Frisch.
            let within = name.len() > 1 && signature.words.windows(name.len()).any(|window| window == name);
            within || signature.spellings.contains(&name.concat())
        })
    }
}

/// A name normalised for comparison. Computed before the database is queried, because other writers wait meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NormalisedName {
    words: Vec<String>,
    /// The words of the whole name, and without what may accompany a name.
    spellings: [String; 4],
}

impl NormalisedName {
    pub(crate) fn of(name: &str) -> Self {
        let all = words(name);
        let unbracketed = without_brackets(name);
        let outside = if unbracketed == name { all.clone() } else { words(&unbracketed) };
        let bare = |words: &[String]| words.iter().filter(|word| !NORMALISED_ROLES.contains(word)).map(String::as_str).collect::<String>();
        let spellings = [all.concat(), outside.concat(), bare(&all), bare(&outside)];
        Self { words: all, spellings }
    }
}

static NORMALISED_ROLES: LazyLock<Vec<String>> = LazyLock::new(|| ROLES.iter().flat_map(|role| words(role)).collect());

pub(super) fn check(input: &ContentInput<'_>) -> Option<Objection> {
    input.policy.names.is_similar_to(input.submission.signature()).then_some(Objection::Hold)
}

/// Returns the words of a name, with one form for all letters that look alike.
fn words(name: &str) -> Vec<String> {
    let plain: String = name.nfkd().filter(|c| !is_unseen(*c) && !is_accent(*c)).map(|c| if c == '|' { 'l' } else { c }).collect();
    plain.split(|c: char| !c.is_alphanumeric()).map(skeleton_of).filter(|word| !word.is_empty()).collect()
}

/// Capital letters resemble other alphabets where small letters do not, and vice versa, so both are compared.
fn skeleton_of(word: &str) -> String {
    let capital: String = skeleton(word).collect();
    let small: String = skeleton(&capital.to_lowercase()).filter(|c| !is_accent(*c)).collect();
    // A capital i looks like a small L and a one, also in the skeleton. Without case, they need not be distinguished.
    small
        .to_lowercase()
        .chars()
        .map(|c| match small_capital(c) {
            'i' | '1' => 'l',
            '0' => 'o',
            c => c,
        })
        .collect()
}

/// Small capitals, which Unicode treats as separate letters.
fn small_capital(c: char) -> char {
    const CAPITALS: [(char, char); 20] = [
        ('ᴀ', 'a'),
        ('ʙ', 'b'),
        ('ᴄ', 'c'),
        ('ᴅ', 'd'),
        ('ᴇ', 'e'),
        ('ꜰ', 'f'),
        ('ɢ', 'g'),
        ('ʜ', 'h'),
        ('ɪ', 'i'),
        ('ᴊ', 'j'),
        ('ᴋ', 'k'),
        ('ʟ', 'l'),
        ('ɴ', 'n'),
        ('ᴏ', 'o'),
        ('ᴘ', 'p'),
        ('ʀ', 'r'),
        ('ꜱ', 's'),
        ('ᴛ', 't'),
        ('ᴜ', 'u'),
        ('ʏ', 'y'),
    ];
    CAPITALS.iter().find(|(capital, _)| *capital == c).map_or(c, |(_, letter)| *letter)
}

/// Returns whether a character is an accent of Latin, Greek or Cyrillic letters. A name without its accents is read as the same name.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

fn without_brackets(name: &str) -> String {
    let mut depth = 0_usize;
    let outside = |c: char| {
        match c {
            '(' | '[' | '{' | '<' | '（' | '［' | '【' => depth += 1,
            ')' | ']' | '}' | '>' | '）' | '］' | '】' => depth = depth.saturating_sub(1),
            _ if depth == 0 => return Some(c),
            _ => {}
        }
        None
    };
    name.chars().filter_map(outside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_names_are_found() {
        let names = Names::new(["Olivia Martin", "Ines", "Zoé", "李明", "", "☺"]);
        for signed in [
            "Olivia Martin",
            "olivia martin",
            "OLIVIA MARTIN",
            "Оlivia Martin",
            "OIivia Martin",
            "0livia Martin",
            "Olivia  M a r t i n",
            "Olivia Martín",
            "Olivia Martin (Author)",
            "Olivia Martin, admin",
            "The real Olivia Martin",
            "OliviaMartin",
            "olivia_martin",
            "Olivia\u{200b} Martin",
            "Ｏlivia Martin",
            "𝐎𝐥𝐢𝐯𝐢𝐚 𝐌𝐚𝐫𝐭𝐢𝐧",
            "Olivia Martin ✓",
            "Olivia Мartin",
            "O1ivia Martin",
            "O|ivia Martin",
            "Olivia Martin of the blog",
            "Olivia Rn Olivia Martin",
            "Ines",
            "ines",
            "lnes",
            "INES",
            "Ines [Moderator]",
            "Ines ⭐",
            "admin Ines",
            "Іnes",
            "ɪɴᴇꜱ",
            "I.n.e.s",
            "Inès",
            "Ines (auteur)",
            "「Ines」",
            "ΙΝΕЅ",
            "Zoe",
            "zoé",
            "李明",
            "李明（作者）",
        ] {
            assert!(names.is_similar_to(&NormalisedName::of(signed)), "{signed}: {:?}", words(signed));
        }
        for other in ["Olivia", "Martin", "Olivia Martinez", "Ines Frisch", "Inessa", "Agnes", "Ada", "李", "☺", "Author", "Vines"] {
            assert!(!names.is_similar_to(&NormalisedName::of(other)), "{other}: {:?}", words(other));
        }
        assert!(!Names::default().is_similar_to(&NormalisedName::of("Ines")));
    }
}
