/// What came of a check: a sentence, which says how to mend what is not fine.
#[derive(Debug)]
pub(super) enum Outcome {
    Fine(String),
    /// It may be intended, or pass by itself. It does not count as a failure.
    Warning(String),
    Wrong(String),
}

impl Outcome {
    /// In a list for people.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Fine(_) => "ok",
            Self::Warning(_) => "WARN",
            Self::Wrong(_) => "WRONG",
        }
    }

    /// In JSON.
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

impl From<Result<String, String>> for Outcome {
    fn from(looked: Result<String, String>) -> Self {
        looked.map_or_else(Self::Wrong, Self::Fine)
    }
}
