/// The finding of a check: a sentence, which says how to mend what is not fine.
#[derive(Debug)]
pub(super) enum Finding {
    Fine(String),
    /// It may be intended or temporary, and does not count as a failure.
    Warning(String),
    Wrong(String),
}

impl Finding {
    /// Returns the word for it in the table.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Fine(_) => "ok",
            Self::Warning(_) => "WARN",
            Self::Wrong(_) => "WRONG",
        }
    }

    /// Returns the word for it in JSON.
    pub(super) fn key(&self) -> &'static str {
        match self {
            Self::Fine(_) => "ok",
            Self::Warning(_) => "warning",
            Self::Wrong(_) => "wrong",
        }
    }

    pub(super) fn sentence(&self) -> &str {
        let (Self::Fine(sentence) | Self::Warning(sentence) | Self::Wrong(sentence)) = self;
        sentence
    }
}

impl From<Result<String, String>> for Finding {
    fn from(result: Result<String, String>) -> Self {
        result.map_or_else(Self::Wrong, Self::Fine)
    }
}
