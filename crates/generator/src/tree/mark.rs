use ardoise_model::ArticlePath;

const OWNED: &str = "Ardoise owns this folder and removes JSON and XML files that do not belong to it.\n";
/// The number is raised when files change in a way that only a full generation brings to every one of them.
const VERSION: &str = "Tree 3";
const COMPLETE: &str = "It is complete.\n";
const BUILT: &str = "It is built up to ";

/// How far a full generation came. What it did not come to is not known to be right, and no row of work says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It has not begun, or by another version or with other settings, or the file cannot be read.
    #[default]
    Begun,
    /// Every article up to this one has its files; it goes on behind it.
    BuiltUpTo(ArticlePath),
    /// It has ended. From then on rows of work say what is to be done.
    Complete,
}

impl Mark {
    /// What `text` says to a generator that has these settings, which are one line.
    pub(crate) fn parse(text: &str, settings: &str) -> Self {
        let Some(said) = text.strip_prefix(&head(settings)) else { return Self::Begun };
        let built = said.strip_prefix(BUILT).and_then(|rest| rest.strip_suffix('\n'));
        match built {
            _ if said == COMPLETE => Self::Complete,
            Some(path) => Self::BuiltUpTo(ArticlePath::from_stored(path.to_owned())),
            None => Self::Begun,
        }
    }

    /// What [`Mark::parse`] reads.
    pub(crate) fn written(&self, settings: &str) -> String {
        match self {
            Self::Begun => OWNED.to_owned(),
            Self::BuiltUpTo(path) => format!("{}{BUILT}{path}\n", head(settings)),
            Self::Complete => format!("{}{COMPLETE}", head(settings)),
        }
    }
}

fn head(settings: &str) -> String {
    format!("{OWNED}{VERSION}: {settings}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for mark in [Mark::Begun, Mark::BuiltUpTo(ArticlePath::from_stored("/été/".into())), Mark::Complete] {
            assert_eq!(Mark::parse(&mark.written("as set"), "as set"), mark);
        }
    }

    #[test]
    fn what_was_built_with_other_settings_is_no_more_than_a_beginning() {
        assert_eq!(Mark::parse(&Mark::Complete.written("as set"), "as set otherwise"), Mark::Begun);
    }

    #[test]
    fn what_is_not_whole_is_no_more_than_a_beginning() {
        for text in [
            "",
            "Tree 3: as set\nIt is complete.\n",
            &format!("{OWNED}Tree 2, complete.\n"),
            &format!("{OWNED}{VERSION}: as set\n{BUILT}/half"),
            &format!("{OWNED}{VERSION}: as set\nIt is compl"),
        ] {
            assert_eq!(Mark::parse(text, "as set"), Mark::Begun, "{text}");
        }
    }
}
