/// How much one run examines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// The articles that rows of work name.
    #[default]
    Changes,
    /// Every article, and every surplus file.
    Full,
}

/// Called with the number of articles done and the number of all articles.
pub type Progress<'a> = &'a dyn Fn(usize, usize);
