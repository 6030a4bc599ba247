//! It is signed with the name of the owner or of a moderator, or with one that readers would take for it. Whoever has that name waits
//! for a moderator; who has signed in answers in the queue, where no check is asked.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

use crate::fields::is_unseen;
use crate::screening::{Content, Suspicion};

/// What a name may have beside it without becoming another's, in the languages of the interface.
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

/// The names that are not for readers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(Vec<Vec<String>>);

impl Names {
    /// Of the owner and the moderators. A name without letters or digits is like no other.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(words).filter(|words| !words.is_empty()).collect())
    }

    /// Whether readers would take a signature for one of them.
    fn include(&self, signature: &Signature) -> bool {
        self.0.iter().any(|name| {
            // Of one word alone, others may be called as well: Max is not Max Frisch.
            let within = name.len() > 1 && signature.words.windows(name.len()).any(|window| window == name);
            within || signature.spellings.contains(&name.concat())
        })
    }
}

/// A name as it is compared. It is made before the database is asked, for others wait meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    words: Vec<String>,
    /// All of it, and without what may stand beside a name.
    spellings: [String; 4],
}

impl Signature {
    pub(crate) fn of(name: &str) -> Self {
        let all = words(name);
        let unbracketed = without_brackets(name);
        let outside = if unbracketed == name { all.clone() } else { words(&unbracketed) };
        let bare = |words: &[String]| words.iter().filter(|word| !LOOKS_OF_ROLES.contains(word)).map(String::as_str).collect::<String>();
        let spellings = [all.concat(), outside.concat(), bare(&all), bare(&outside)];
        Self { words: all, spellings }
    }
}

static LOOKS_OF_ROLES: LazyLock<Vec<String>> = LazyLock::new(|| ROLES.iter().flat_map(|role| words(role)).collect());

pub(super) fn check(content: &Content<'_>) -> Option<Suspicion> {
    content.policy.names.include(content.submission.signature()).then_some(Suspicion::Hold)
}

/// Its words, each in one form for all that look alike.
fn words(name: &str) -> Vec<String> {
    let plain: String = name.nfkd().filter(|c| !is_unseen(*c) && !is_accent(*c)).map(|c| if c == '|' { 'l' } else { c }).collect();
    plain.split(|c: char| !c.is_alphanumeric()).map(look).filter(|word| !word.is_empty()).collect()
}

/// Capital letters look like those of other alphabets where small ones do not, and the other way round: both are asked.
fn look(word: &str) -> String {
    let capital: String = skeleton(word).collect();
    let small: String = skeleton(&capital.to_lowercase()).filter(|c| !is_accent(*c)).collect();
    // A capital i is a small L and a one, for the skeleton too; without capitals they have to be told apart no more.
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

/// Small capitals, which Unicode counts as letters of their own.
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

/// Accents of Latin, Greek and Cyrillic letters: without them a name is still read as the same.
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
    fn who_looks_like_them_is_known() {
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
            assert!(names.include(&Signature::of(signed)), "{signed}: {:?}", words(signed));
        }
        for other in ["Olivia", "Martin", "Olivia Martinez", "Ines Frisch", "Inessa", "Agnes", "Ada", "李", "☺", "Author", "Vines"] {
            assert!(!names.include(&Signature::of(other)), "{other}: {:?}", words(other));
        }
        assert!(!Names::default().include(&Signature::of("Ines")));
    }
}
