use ardoise_model::ArticlePath;

const OWNED: &str = "Ardoise owns this folder and removes JSON and XML files that do not belong to it.\n";
/// The line with the database's id ends within this many bytes.
pub(crate) const MAX_OWNER_BYTES: usize = 256;
/// The version of the tree. Raised when files change in a way that needs a full generation.
const VERSION: &str = "Tree 3";
const DATABASE: &str = "Database ";
const TREE: &str = "This folder is ";
const COMPLETE: &str = "It is complete.\n";
const BUILT: &str = "It is built up to ";

/// How far a full generation came. Files beyond that point may be wrong without any row of work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Mark {
    /// No full generation has begun, or it was one by another version or with other settings, or the file cannot be read.
    #[default]
    Begun,
    /// Every article up to this one has its files. Generation continues after it.
    BuiltUpTo(ArticlePath),
    /// A full generation has ended. From then on, rows of work name everything that is to be done.
    Complete,
}

/// What a mark refers to: a tree, and what its files are made from. A mark with another header does not vouch for the files.
#[derive(Debug, Clone, Default)]
pub(crate) struct MarkHeader {
    /// The database's id. Empty for a folder that was only claimed.
    pub(crate) database: String,
    /// The tree's id. Empty until the tree is locked.
    pub(crate) tree: String,
    /// The settings, on one line.
    pub(crate) settings: String,
}

impl Mark {
    /// Parses `text`. A text with another header than `header` counts as [`Mark::Begun`].
    pub(crate) fn parse(text: &str, header: &MarkHeader) -> Self {
        let Some(state) = text.strip_prefix(&header.to_text()) else { return Self::Begun };
        let built = state.strip_prefix(BUILT).and_then(|rest| rest.strip_suffix('\n'));
        match built {
            _ if state == COMPLETE => Self::Complete,
            Some(path) => Self::BuiltUpTo(ArticlePath::from_stored(path.to_owned())),
            None => Self::Begun,
        }
    }

    /// Returns the text that [`Mark::parse`] reads.
    pub(crate) fn to_text(&self, header: &MarkHeader) -> String {
        match self {
            // A folder that was only claimed does not belong to a database yet.
            Self::Begun if header.database.is_empty() => OWNED.to_owned(),
            Self::Begun => header.owner(),
            Self::BuiltUpTo(path) => format!("{}{BUILT}{path}\n", header.to_text()),
            Self::Complete => format!("{}{COMPLETE}", header.to_text()),
        }
    }
}

impl MarkHeader {
    fn owner(&self) -> String {
        format!("{OWNED}{DATABASE}{}\n{TREE}{}\n", self.database, self.tree)
    }

    fn to_text(&self) -> String {
        format!("{}{VERSION}: {}\n", self.owner(), self.settings)
    }
}

/// Returns whether `text` says that a full generation has ended, with any header.
pub(crate) fn is_complete(text: &str) -> bool {
    text.ends_with(COMPLETE)
}

/// Returns the id of the database in `text`, if any.
pub(crate) fn database(text: &str) -> Option<&str> {
    ids(text).map(|(database, _)| database)
}

/// Returns the tree's id in `text`, if any. A copy of the tree contains the same id.
pub(crate) fn tree(text: &str) -> Option<&str> {
    ids(text)?.1.strip_prefix(TREE)?.split_once('\n').map(|(tree, _)| tree)
}

/// Returns the database's id and the rest of the text after its line.
fn ids(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix(OWNED)?.strip_prefix(DATABASE)?.split_once('\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(database: &str, tree: &str, settings: &str) -> MarkHeader {
        MarkHeader { database: database.into(), tree: tree.into(), settings: settings.into() }
    }

    #[test]
    fn a_mark_is_parsed_as_it_was_written() {
        let header = header("db1", "t1", "as set");
        for mark in [Mark::Begun, Mark::BuiltUpTo(ArticlePath::from_stored("/été/".into())), Mark::Complete] {
            let written = mark.to_text(&header);
            assert_eq!(Mark::parse(&written, &header), mark);
            assert_eq!((database(&written), tree(&written)), (Some("db1"), Some("t1")));
            assert_eq!(is_complete(&written), mark == Mark::Complete);
        }
        let claimed = Mark::Begun.to_text(&MarkHeader { database: String::new(), ..header });
        assert_eq!((database(&claimed), tree(&claimed)), (None, None));
    }

    #[test]
    fn a_mark_with_another_header_counts_as_begun() {
        let written = Mark::Complete.to_text(&header("db1", "t1", "as set"));
        for other in [header("db2", "t1", "as set"), header("db1", "t2", "as set"), header("db1", "t1", "as set otherwise")] {
            assert_eq!(Mark::parse(&written, &other), Mark::Begun);
        }
    }

    #[test]
    fn an_incomplete_mark_counts_as_begun() {
        let header = header("db1", "t1", "as set");
        for text in [
            "",
            "Tree 3: as set\nIt is complete.\n",
            &format!("{OWNED}Tree 2, complete.\n"),
            &format!("{OWNED}Database db1\n{VERSION}: as set\n{COMPLETE}"),
            &format!("{OWNED}Database db1\n{TREE}t1\n{VERSION}: as set\n{BUILT}/half"),
            &format!("{OWNED}Database db1\n{TREE}t1\n{VERSION}: as set\nIt is compl"),
        ] {
            assert_eq!(Mark::parse(text, &header), Mark::Begun, "{text}");
        }
    }
}
