use ardoise_model::ArticlePath;

const OWNED: &str = "Ardoise owns this folder and removes JSON and XML files that do not belong to it.\n";
/// The database's line ends within so many bytes.
pub(crate) const LONGEST: usize = 256;
/// The number is raised when files change in a way that only a full generation brings to every one of them.
const VERSION: &str = "Tree 3";
const DATABASE: &str = "Database ";
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
    /// What `text` says to a generator that reads this database and has these settings, which are one line.
    pub(crate) fn parse(text: &str, database: &str, settings: &str) -> Self {
        let Some(said) = text.strip_prefix(&head(database, settings)) else { return Self::Begun };
        let built = said.strip_prefix(BUILT).and_then(|rest| rest.strip_suffix('\n'));
        match built {
            _ if said == COMPLETE => Self::Complete,
            Some(path) => Self::BuiltUpTo(ArticlePath::from_stored(path.to_owned())),
            None => Self::Begun,
        }
    }

    /// What [`Mark::parse`] reads.
    pub(crate) fn written(&self, database: &str, settings: &str) -> String {
        match self {
            // A folder that was only claimed belongs to no database yet.
            Self::Begun if database.is_empty() => OWNED.to_owned(),
            Self::Begun => owner(database),
            Self::BuiltUpTo(path) => format!("{}{BUILT}{path}\n", head(database, settings)),
            Self::Complete => format!("{}{COMPLETE}", head(database, settings)),
        }
    }
}

/// The database that the tree was written from, if `text` names one.
pub(crate) fn database(text: &str) -> Option<&str> {
    text.strip_prefix(OWNED)?.strip_prefix(DATABASE)?.split_once('\n').map(|(database, _)| database)
}

fn owner(database: &str) -> String {
    format!("{OWNED}{DATABASE}{database}\n")
}

fn head(database: &str, settings: &str) -> String {
    format!("{}{VERSION}: {settings}\n", owner(database))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for mark in [Mark::Begun, Mark::BuiltUpTo(ArticlePath::from_stored("/été/".into())), Mark::Complete] {
            let written = mark.written("db1", "as set");
            assert_eq!(Mark::parse(&written, "db1", "as set"), mark);
            assert_eq!(database(&written), Some("db1"));
        }
        assert_eq!(database(&Mark::Begun.written("", "as set")), None);
    }

    #[test]
    fn what_was_built_otherwise_is_no_more_than_a_beginning() {
        let written = Mark::Complete.written("db1", "as set");
        assert_eq!(Mark::parse(&written, "db1", "as set otherwise"), Mark::Begun);
        assert_eq!(Mark::parse(&written, "db2", "as set"), Mark::Begun);
    }

    #[test]
    fn what_is_not_whole_is_no_more_than_a_beginning() {
        for text in [
            "",
            "Tree 3: as set\nIt is complete.\n",
            &format!("{OWNED}Tree 2, complete.\n"),
            &format!("{OWNED}{VERSION}: as set\n{COMPLETE}"),
            &format!("{OWNED}Database db1\n{VERSION}: as set\n{BUILT}/half"),
            &format!("{OWNED}Database db1\n{VERSION}: as set\nIt is compl"),
        ] {
            assert_eq!(Mark::parse(text, "db1", "as set"), Mark::Begun, "{text}");
        }
    }
}
