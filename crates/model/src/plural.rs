//! Plural forms in messages.

/// Returns a number with its noun: `1 comment`, `2 comments`, `0 comments`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Returns a number with its noun in French, where zero is singular: `0 commentaire`, `1 commentaire`, `2 commentaires`.
pub fn counted_in_french(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number < 2 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::{counted, counted_in_french};

    #[test]
    fn plural_forms_are_correct() {
        for (number, expected) in [(0, "0 replies"), (1, "1 reply"), (2, "2 replies"), (21, "21 replies")] {
            assert_eq!(counted(number, "reply", "replies"), expected);
        }
        for (number, expected) in [(0, "0 jour"), (1, "1 jour"), (2, "2 jours")] {
            assert_eq!(counted_in_french(number, "jour", "jours"), expected);
        }
    }
}
