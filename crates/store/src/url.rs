use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where a store is: `sqlite:ardoise.db`, `sqlite:/var/lib/ardoise/ardoise.db`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreUrl {
    file: PathBuf,
}

/// Why a text is no [`StoreUrl`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreUrlError {
    /// The scheme is unknown. Guessing would create an empty database beside the real one.
    #[error("{0:?} names no database that Ardoise knows; write \"sqlite:\" and a file, such as \"sqlite:ardoise.db\"")]
    Scheme(String),
    /// No file follows the scheme.
    #[error("\"sqlite:\" must be followed by a file, such as \"sqlite:ardoise.db\"")]
    NoFile,
}

impl StoreUrl {
    /// A SQLite database in `file`.
    pub fn sqlite(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into() }
    }

    /// The same store, with a relative file taken from `folder`.
    #[must_use]
    pub fn relative_to(&self, folder: &Path) -> Self {
        Self { file: folder.join(&self.file) }
    }

    /// The database's file.
    pub fn file(&self) -> &Path {
        &self.file
    }
}

impl FromStr for StoreUrl {
    type Err = StoreUrlError;

    fn from_str(text: &str) -> Result<Self, StoreUrlError> {
        let Some(rest) = text.strip_prefix("sqlite:") else {
            // A password may follow the scheme: it has no business in a message.
            let scheme = text.split(':').next().unwrap_or_default();
            return Err(StoreUrlError::Scheme(scheme.to_owned()));
        };
        let file = rest.strip_prefix("//").unwrap_or(rest);
        if file.is_empty() { Err(StoreUrlError::NoFile) } else { Ok(Self { file: file.into() }) }
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sqlite:{}", self.file.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_typing_errors() {
        let file = |text: &str| text.parse::<StoreUrl>().map(|url| url.file().to_owned());
        assert_eq!(file("sqlite:ardoise.db"), Ok("ardoise.db".into()));
        assert_eq!(file("sqlite:///var/a.db"), Ok("/var/a.db".into()));
        assert_eq!(file("sqlite:/var/a.db"), Ok("/var/a.db".into()));
        assert_eq!(file("sqlite:"), Err(StoreUrlError::NoFile));
        assert_eq!(file("sqlte:ardoise.db"), Err(StoreUrlError::Scheme("sqlte".into())));
        assert_eq!(file("mysql://me:pw@host/db"), Err(StoreUrlError::Scheme("mysql".into())));
    }
}
