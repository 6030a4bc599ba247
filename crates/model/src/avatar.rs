use std::fmt::Write;

use unicode_normalization::UnicodeNormalization;

/// The number of squares per side.
const SIDE: u32 = 5;

/// A small picture derived from a name: five by five squares, symmetric, in a colour of its own. It is computed from what readers see
/// anyway, and no other service is involved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Avatar {
    /// A CSS colour with contrast to both black and white.
    pub colour: String,
    /// An SVG path with a stroke width of one, through the middle of each row. The view box is five by five and begins at 0, -0.5.
    pub path: String,
}

impl Avatar {
    /// Returns the avatar of an author with this name and site.
    pub fn of(author: &str, site: Option<&str>) -> Self {
        let bits = hash(author.trim().nfc().flat_map(char::to_lowercase).chain(['\n']).chain(site.unwrap_or_default().chars()));
        let hue = bits >> 32 & 0xffff;
        Self { colour: format!("hsl({} 45% 50%)", hue * 360 / 0x1_0000), path: path(bits) }
    }
}

/// FNV-1a with a final mix, so that similar names differ. It is not for secrets, and must never change.
fn hash(characters: impl Iterator<Item = char>) -> u64 {
    let hash = characters.fold(0xcbf2_9ce4_8422_2325_u64, |hash, c| (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3));
    let mixed = (hash ^ (hash >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

/// Three columns of bits, of which the left two are mirrored to the right. Adjacent squares in a row become one stroke.
fn path(bits: u64) -> String {
    let filled = |row: u32, column: u32| {
        let column = column.min(SIDE - 1 - column);
        // The square in the centre is always filled: an empty picture would look like a bug.
        bits >> (row * 3 + column) & 1 == 1 || (row, column) == (2, 2)
    };
    let mut path = String::new();
    for row in 0..SIDE {
        let mut column = 0;
        while column < SIDE {
            let run = (column..SIDE).take_while(|column| filled(row, *column)).count();
            if run > 0 {
                // Writing to memory does not fail.
                let _ = write!(path, "M{column} {row}h{run}");
            }
            column += u32::try_from(run).unwrap_or_default() + 1;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn equal_names_share_an_avatar_and_others_differ() {
        assert_eq!(Avatar::of("Zoé", None), Avatar::of(" ZOE\u{301} ", None));
        assert_ne!(Avatar::of("Zoé", None), Avatar::of("Zoé", Some("https://zoe.example/")));
        let names = (0..1000).map(|n| Avatar::of(&format!("Reader {n}"), None));
        let pictures: HashSet<_> = names.map(|avatar| (avatar.colour, avatar.path)).collect();
        assert!(pictures.len() > 980, "{} of 1000", pictures.len());
    }

    #[test]
    fn an_avatar_never_changes() {
        let Avatar { colour, path } = Avatar::of("Ada", None);
        assert_eq!((colour.as_str(), path.as_str()), ("hsl(2 45% 50%)", "M0 0h2M3 0h2M1 1h3M0 2h1M2 2h1M4 2h1M0 3h1M2 3h1M4 3h1M2 4h1"));
    }

    #[test]
    fn adjacent_squares_become_one_stroke() {
        assert_eq!(path(0), "M2 2h1");
        assert_eq!(path(0b111), "M0 0h5M2 2h1");
        assert_eq!(path(0b001_010 << 3), "M1 1h1M3 1h1M0 2h1M2 2h1M4 2h1");
    }
}
