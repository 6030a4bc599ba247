use std::fmt;

use ardoise_model::ArticlePath;

const OWNED: &str = "Ardoise owns this folder and removes JSON and XML files that do not belong to it.\n";
/// The number is raised when files change in a way that only a full generation brings to every one of them.
const COMPLETE: &str = "Tree 2, complete.\n";
const BUILT: &str = "Tree 2, built up to ";

/// How far a full generation came. What it did not come to is not known to be right, and no row of work says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It has not begun, or by another version, or the file cannot be read.
    #[default]
    Begun,
    /// Every article up to this one has its files; it goes on behind it.
    BuiltUpTo(ArticlePath),
    /// It has ended. From then on rows of work say what is to be done.
    Complete,
}

impl Mark {
    pub(crate) fn parse(text: &str) -> Self {
        let Some(said) = text.strip_prefix(OWNED) else { return Self::Begun };
        let built = said.strip_prefix(BUILT).and_then(|rest| rest.strip_suffix('\n'));
        match built {
            _ if said == COMPLETE => Self::Complete,
            Some(path) => Self::BuiltUpTo(ArticlePath::from_stored(path.to_owned())),
            None => Self::Begun,
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begun => f.write_str(OWNED),
            Self::BuiltUpTo(path) => writeln!(f, "{OWNED}{BUILT}{path}"),
            Self::Complete => write!(f, "{OWNED}{COMPLETE}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for mark in [Mark::Begun, Mark::BuiltUpTo(ArticlePath::from_stored("/été/".into())), Mark::Complete] {
            assert_eq!(Mark::parse(&mark.to_string()), mark);
        }
    }

    #[test]
    fn what_is_not_whole_is_no_more_than_a_beginning() {
        for text in [
            "",
            "Tree 2, complete.\n",
            &format!("{OWNED}Tree 1, complete.\n"),
            &format!("{OWNED}{BUILT}/half"),
            &format!("{OWNED}Tree 2, comp"),
        ] {
            assert_eq!(Mark::parse(text), Mark::Begun, "{text}");
        }
    }
}
