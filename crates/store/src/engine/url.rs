use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The location of a store: `sqlite:ardoise.db`, `sqlite:/var/lib/ardoise/ardoise.db`, `postgres://user@host/database`.
///
/// `Display` and `Debug` hide the password, because both may end up in a log.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A SQLite database in a file.
    Sqlite(PathBuf),
    /// A PostgreSQL database, as libpq's connection URI. Without the feature `postgres`, a URL is not parsed into this.
    Postgres(String),
}

/// Why a text is not a [`StoreUrl`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreUrlError {
    /// The scheme is unknown. It is not guessed, because a wrong guess would create an empty database beside the real one.
    #[error(
        "{0:?} names no database that Ardoise knows; write \"sqlite:\" and a file, such as \"sqlite:ardoise.db\", \
         or \"postgres://user@host/database\""
    )]
    Scheme(String),
    /// No file follows the scheme.
    #[error("\"sqlite:\" must be followed by a file, such as \"sqlite:ardoise.db\"")]
    NoFile,
    /// No `//` follows the scheme.
    #[error("write \"postgres://user@host/database\": two slashes follow the colon")]
    NoSlashes,
    /// The URL names a PostgreSQL database, and the program was built without the feature `postgres`.
    #[error(
        "this program was built without PostgreSQL; install one with the feature \"postgres\" (it is on by default), \
         or name a SQLite database, such as \"sqlite:ardoise.db\""
    )]
    NoPostgres,
}

impl StoreUrl {
    /// Returns the URL of a SQLite database in `file`.
    pub fn sqlite(file: impl Into<PathBuf>) -> Self {
        Self::Sqlite(file.into())
    }

    /// Whether the database may exist. False for a file that is missing or empty; always true for a server, which only a connection can
    /// tell.
    pub fn may_exist(&self) -> bool {
        match self {
            Self::Sqlite(file) => file.metadata().is_ok_and(|metadata| metadata.len() > 0),
            Self::Postgres(_) => true,
        }
    }

    /// Returns the same location, with a relative path resolved against `folder`.
    #[must_use]
    pub fn relative_to(&self, folder: &Path) -> Self {
        match self {
            Self::Sqlite(file) => Self::Sqlite(folder.join(file)),
            Self::Postgres(_) => self.clone(),
        }
    }
}

impl FromStr for StoreUrl {
    type Err = StoreUrlError;

    fn from_str(text: &str) -> Result<Self, StoreUrlError> {
        let (scheme, rest) = text.split_once(':').unwrap_or((text, ""));
        match scheme {
            "sqlite" => match rest.strip_prefix("//").unwrap_or(rest) {
                "" => Err(StoreUrlError::NoFile),
                file => Ok(Self::Sqlite(file.into())),
            },
            "postgres" | "postgresql" if !cfg!(feature = "postgres") => Err(StoreUrlError::NoPostgres),
            "postgres" | "postgresql" if rest.starts_with("//") => Ok(Self::Postgres(text.to_owned())),
            "postgres" | "postgresql" => Err(StoreUrlError::NoSlashes),
            _ => Err(StoreUrlError::Scheme(beginning(text).to_owned())),
        }
    }
}

/// Returns the part of a malformed URL that may be shown: the part before any character that can introduce a password.
fn beginning(text: &str) -> &str {
    let separator = text.find([':', '@', '?', '#', '%', '\\', ';', '=', ' ']);
    let end = separator.into_iter().chain(text.find("//")).min();
    &text[..end.unwrap_or(text.len())]
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "sqlite:{}", file.display()),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

/// Hides the password in a URI: after the user's name, and among the parameters.
///
/// The password may contain characters that should have been escaped. In doubt, too much is hidden rather than too little.
fn without_password(url: &str) -> String {
    let start = url.find("//").map_or(0, |slashes| slashes + 2);
    // libpq searches for the @ up to the first slash, and past a question mark.
    let authority = url[start..].find('/').map_or(url.len(), |slash| start + slash);
    let path = url[start..].find('?').map_or(url.len(), |question| start + question);
    let at = url[start..authority].rfind('@').or_else(|| url[start..path].rfind('@'));
    let (user, rest) = at.map_or((&url[..start], &url[start..]), |at| url.split_at(start + at));
    let user = match user[start..].split_once(':') {
        Some((name, _)) => format!("{}{name}:***", &user[..start]),
        None => user.to_owned(),
    };
    let Some((server, parameters)) = rest.split_once('?') else { return user + rest };
    format!("{user}{server}?{}", parameters.split('&').map(without_secret).collect::<Vec<_>>().join("&"))
}

/// Hides the value of a parameter that may be a secret: also `sslpassword`, and any whose name is escaped.
fn without_secret(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((key, _)) if key.contains("password") || key.contains('%') => format!("{key}=***"),
        _ => parameter.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_parsed_and_mistakes_are_refused() {
        let parse = |text: &str| text.parse::<StoreUrl>();
        assert_eq!(parse("sqlite:ardoise.db"), Ok(StoreUrl::sqlite("ardoise.db")));
        assert_eq!(parse("sqlite:///var/a.db"), Ok(StoreUrl::sqlite("/var/a.db")));
        assert_eq!(parse("sqlite:/var/a.db"), Ok(StoreUrl::sqlite("/var/a.db")));
        assert_eq!(parse("sqlite:"), Err(StoreUrlError::NoFile));
        assert_eq!(parse("sqlte:ardoise.db"), Err(StoreUrlError::Scheme("sqlte".into())));
        assert_eq!(parse("mysql://me:pw@host/db"), Err(StoreUrlError::Scheme("mysql".into())));
        assert_eq!(parse("/var/a.db"), Err(StoreUrlError::Scheme("/var/a.db".into())));
        assert_eq!(parse("postgres//me?password=pw"), Err(StoreUrlError::Scheme("postgres".into())));
        assert_eq!(parse("postgres]//db?sslpassword=a://b"), Err(StoreUrlError::Scheme("postgres]".into())));
        if cfg!(feature = "postgres") {
            assert_eq!(parse("postgres:me@host/db"), Err(StoreUrlError::NoSlashes));
            assert!(matches!(parse("postgresql://host/db"), Ok(StoreUrl::Postgres(_))));
        }
    }

    #[cfg(not(feature = "postgres"))]
    #[test]
    fn a_program_without_postgres_says_so() {
        for url in ["postgres://me:s3cr3t@host/db", "postgresql:db"] {
            let refused = url.parse::<StoreUrl>().expect_err("it is refused");
            assert_eq!(
                refused.to_string(),
                "this program was built without PostgreSQL; install one with the feature \"postgres\" (it is on by default), \
                 or name a SQLite database, such as \"sqlite:ardoise.db\""
            );
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for (url, shown) in [
            ("postgres://me:s3cr3t@host:5432/db", "postgres://me:***@host:5432/db"),
            ("postgres://me:s3c@r3t@host/db", "postgres://me:***@host/db"),
            ("postgres://me:s3c?r3t@host/db", "postgres://me:***@host/db"),
            ("postgres://me:s3c@r3?t@host/db", "postgres://me:***@host/db"),
            ("postgres://me:s3c/r3t@host/db", "postgres://me:***@host/db"),
            ("postgres://me@host:5432/db", "postgres://me@host:5432/db"),
            ("postgres://host:5432/db?application_name=a@b", "postgres://host:5432/db?application_name=a@b"),
            ("postgres://h/db?sslpassword=s3cr3t&p%61ssword=s3cr3t", "postgres://h/db?sslpassword=***&p%61ssword=***"),
            ("postgres://host:5432/db?password=s3cr3t&sslmode=require", "postgres://host:5432/db?password=***&sslmode=require"),
        ] {
            let url = StoreUrl::Postgres(url.to_owned());
            assert_eq!((url.to_string(), format!("{url:?}")), (shown.to_owned(), format!("StoreUrl({shown})")));
        }
    }
}
