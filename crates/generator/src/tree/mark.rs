use ardoise_model::ArticlePath;

const OWNED: &str = "Ardoise owns this folder and removes JSON and XML files that do not belong to it.\n";
/// The database's line ends within so many bytes.
pub(crate) const LONGEST: usize = 256;
/// The number is raised when files change in a way that only a full generation brings to every one of them.
const VERSION: &str = "Tree 3";
const DATABASE: &str = "Database ";
const TREE: &str = "This folder is ";
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

/// What a mark is about: which tree, and what its files are made from. A mark about anything else does not say that the files are right.
#[derive(Debug, Clone, Default)]
pub(crate) struct Head {
    /// The database's id; empty for a folder that is only claimed.
    pub(crate) database: String,
    /// The tree's id; empty until the tree is locked.
    pub(crate) tree: String,
    /// The settings, on one line.
    pub(crate) settings: String,
}

impl Mark {
    /// How far a generation of `head` came, by what `text` says.
    pub(crate) fn parse(text: &str, head: &Head) -> Self {
        let Some(said) = text.strip_prefix(&head.whole()) else { return Self::Begun };
        let built = said.strip_prefix(BUILT).and_then(|rest| rest.strip_suffix('\n'));
        match built {
            _ if said == COMPLETE => Self::Complete,
            Some(path) => Self::BuiltUpTo(ArticlePath::from_stored(path.to_owned())),
            None => Self::Begun,
        }
    }

    /// What [`Mark::parse`] reads.
    pub(crate) fn written(&self, head: &Head) -> String {
        match self {
            // A folder that was only claimed belongs to no database yet.
            Self::Begun if head.database.is_empty() => OWNED.to_owned(),
            Self::Begun => head.owner(),
            Self::BuiltUpTo(path) => format!("{}{BUILT}{path}\n", head.whole()),
            Self::Complete => format!("{}{COMPLETE}", head.whole()),
        }
    }
}

impl Head {
    fn owner(&self) -> String {
        format!("{OWNED}{DATABASE}{}\n{TREE}{}\n", self.database, self.tree)
    }

    fn whole(&self) -> String {
        format!("{}{VERSION}: {}\n", self.owner(), self.settings)
    }
}

/// Whether `text` says that a full generation has ended, of whatever head.
pub(crate) fn is_complete(text: &str) -> bool {
    text.ends_with(COMPLETE)
}

/// The id of the database that the tree was written from, if `text` names one.
pub(crate) fn database(text: &str) -> Option<&str> {
    ids(text).map(|(database, _)| database)
}

/// The tree's id, if `text` names it. A copy of the tree has the same.
pub(crate) fn tree(text: &str) -> Option<&str> {
    ids(text)?.1.strip_prefix(TREE)?.split_once('\n').map(|(tree, _)| tree)
}

/// The database's id, and what comes after its line.
fn ids(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix(OWNED)?.strip_prefix(DATABASE)?.split_once('\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(database: &str, tree: &str, settings: &str) -> Head {
        Head { database: database.into(), tree: tree.into(), settings: settings.into() }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let head = head("db1", "t1", "as set");
        for mark in [Mark::Begun, Mark::BuiltUpTo(ArticlePath::from_stored("/été/".into())), Mark::Complete] {
            let written = mark.written(&head);
            assert_eq!(Mark::parse(&written, &head), mark);
            assert_eq!((database(&written), tree(&written)), (Some("db1"), Some("t1")));
            assert_eq!(is_complete(&written), mark == Mark::Complete);
        }
        let claimed = Mark::Begun.written(&Head { database: String::new(), ..head });
        assert_eq!((database(&claimed), tree(&claimed)), (None, None));
    }

    #[test]
    fn what_was_built_otherwise_is_no_more_than_a_beginning() {
        let written = Mark::Complete.written(&head("db1", "t1", "as set"));
        for other in [head("db2", "t1", "as set"), head("db1", "t2", "as set"), head("db1", "t1", "as set otherwise")] {
            assert_eq!(Mark::parse(&written, &other), Mark::Begun);
        }
    }

    #[test]
    fn what_is_not_whole_is_no_more_than_a_beginning() {
        let head = head("db1", "t1", "as set");
        for text in [
            "",
            "Tree 3: as set\nIt is complete.\n",
            &format!("{OWNED}Tree 2, complete.\n"),
            &format!("{OWNED}Database db1\n{VERSION}: as set\n{COMPLETE}"),
            &format!("{OWNED}Database db1\n{TREE}t1\n{VERSION}: as set\n{BUILT}/half"),
            &format!("{OWNED}Database db1\n{TREE}t1\n{VERSION}: as set\nIt is compl"),
        ] {
            assert_eq!(Mark::parse(text, &head), Mark::Begun, "{text}");
        }
    }
}
