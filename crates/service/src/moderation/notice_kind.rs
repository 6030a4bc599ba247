use ardoise_model::Status;

/// The result of an action, as a notice reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoticeKind {
    Decided(Status),
    Undone,
    Edited,
    /// The new text is the same as before.
    Unchanged,
    Replied,
    Banned,
    Unbanned,
    /// The sender could not be banned: nothing is known about them.
    UnknownSender,
    /// The comment was changed since the moderator read it, so nothing was decided.
    Changed,
    /// Another moderator has decided about the comment since, so nothing was undone.
    Overtaken,
    /// No comment was selected.
    NothingSelected,
}

/// The kinds without a status, and their words in URLs.
const WORDS: [(&str, NoticeKind); 10] = [
    ("undone", NoticeKind::Undone),
    ("edited", NoticeKind::Edited),
    ("same", NoticeKind::Unchanged),
    ("replied", NoticeKind::Replied),
    ("banned", NoticeKind::Banned),
    ("unbanned", NoticeKind::Unbanned),
    ("stranger", NoticeKind::UnknownSender),
    ("left", NoticeKind::Changed),
    ("late", NoticeKind::Overtaken),
    ("none", NoticeKind::NothingSelected),
];

impl NoticeKind {
    /// Its word in URLs.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Decided(status) => status.as_str(),
            other => WORDS.iter().find(|(_, kind)| *kind == other).map_or("", |(word, _)| word),
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        let decided = || word.parse().ok().map(Self::Decided);
        WORDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind).or_else(decided)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_parsed_as_it_is_written() {
        for kind in WORDS.map(|(_, kind)| kind).into_iter().chain(Status::ALL.map(NoticeKind::Decided)) {
            assert_eq!(NoticeKind::parse(kind.as_str()), Some(kind));
        }
    }
}
