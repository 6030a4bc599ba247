/// How much one run looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// The articles that rows of work name.
    #[default]
    Changes,
    /// Every article, and every file that should not be there.
    Full,
}

/// Told of articles done and articles in all.
pub type Progress<'a> = &'a dyn Fn(usize, usize);
