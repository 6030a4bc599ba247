/// Whoever decides on pending comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moderator {
    /// What the log calls him; unique.
    pub name: String,
    /// Where he reads of pending comments; none: he does not want to.
    pub email: Option<String>,
}
