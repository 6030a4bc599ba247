use unicode_normalization::UnicodeNormalization;

/// A person who decides on pending comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moderator {
    /// The name used in the log. Unique.
    pub name: String,
    /// The address for mails about pending comments. `None` if the moderator does not want any.
    pub email: Option<String>,
}

impl Moderator {
    /// Finds a moderator by a typed name. Case matters only between names that differ in nothing else.
    pub fn named<'a>(moderators: &'a [Self], typed: &str) -> Option<&'a Self> {
        let plain = |name: &str| name.trim().nfc().collect::<String>().to_lowercase();
        let exact = moderators.iter().find(|moderator| moderator.name == typed.trim());
        let mut alike = moderators.iter().filter(|moderator| plain(&moderator.name) == plain(typed));
        exact.or_else(|| alike.next().filter(|_| alike.next().is_none()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_need_not_be_right() {
        let moderators = ["Zoé", "Ines", "Max", "max"].map(|name| Moderator { name: name.to_owned(), email: None });
        let named = |typed| Moderator::named(&moderators, typed).map(|moderator| moderator.name.as_str());
        for (typed, name) in [("zoé", "Zoé"), (" ZOE\u{301} ", "Zoé"), ("INES", "Ines"), ("Max", "Max"), ("max", "max")] {
            assert_eq!(named(typed), Some(name), "{typed}");
        }
        for nobody in ["MAX", "", "Zoe", "Ine"] {
            assert_eq!(named(nobody), None, "{nobody}");
        }
    }
}
