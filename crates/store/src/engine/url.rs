use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where a store is: `sqlite:ardoise.db`, `sqlite:/var/lib/ardoise/ardoise.db`, `postgres://user@host/database`.
///
/// It shows itself without its password; `Debug` too, for it may end in a log.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A SQLite database in a file.
    Sqlite(PathBuf),
    /// A PostgreSQL database, as libpq's connection URI.
    Postgres(String),
}

/// Why a text is no [`StoreUrl`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreUrlError {
    /// The scheme is unknown. Guessing would create an empty database beside the real one.
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
}

impl StoreUrl {
    /// A SQLite database in `file`.
    pub fn sqlite(file: impl Into<PathBuf>) -> Self {
        Self::Sqlite(file.into())
    }

    /// False: it is a file, and not there, or empty. A server must be asked.
    pub fn may_exist(&self) -> bool {
        match self {
            Self::Sqlite(file) => file.metadata().is_ok_and(|metadata| metadata.len() > 0),
            Self::Postgres(_) => true,
        }
    }

    /// The same store, with a relative file taken from `folder`.
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
            "postgres" | "postgresql" if rest.starts_with("//") => Ok(Self::Postgres(text.to_owned())),
            "postgres" | "postgresql" => Err(StoreUrlError::NoSlashes),
            _ => Err(StoreUrlError::Scheme(beginning(text).to_owned())),
        }
    }
}

/// What may be shown of a text that should have been a URL: a password can stand wherever a typing error put it, but not before all
/// that leads up to one.
fn beginning(text: &str) -> &str {
    let sign = text.find([':', '@', '?', '#', '%', '\\', ';', '=', ' ']);
    let end = sign.into_iter().chain(text.find("//")).min();
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

/// In a URI a password stands behind the user's name, or among the parameters.
///
/// What a password should not have in it unescaped, it may have: rather too much is hidden than a part of it shown.
fn without_password(url: &str) -> String {
    let start = url.find("//").map_or(0, |slashes| slashes + 2);
    // libpq looks for the @ before any slash, and a question mark does not stop it.
    let authority = url[start..].find('/').map_or(url.len(), |slash| start + slash);
    let path = url[start..].find('?').map_or(url.len(), |question| start + question);
    let at = url[start..authority].rfind('@').or_else(|| url[start..path].rfind('@'));
    let (user, rest) = at.map_or((&url[..start], &url[start..]), |at| url.split_at(start + at));
    let user = match user[start..].split_once(':') {
        Some((name, _)) => format!("{}{name}:***", &user[..start]),
        None => user.to_owned(),
    };
    let Some((server, parameters)) = rest.split_once('?') else { return user + rest };
    format!("{user}{server}?{}", parameters.split('&').map(shown).collect::<Vec<_>>().join("&"))
}

/// Keys may be escaped too, and `sslpassword` is another secret.
fn shown(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((key, _)) if key.contains("password") || key.contains('%') => format!("{key}=***"),
        _ => parameter.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_servers_and_typing_errors() {
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
        assert_eq!(parse("postgres:me@host/db"), Err(StoreUrlError::NoSlashes));
        assert!(matches!(parse("postgresql://host/db"), Ok(StoreUrl::Postgres(_))));
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
            let url = url.parse::<StoreUrl>().expect("a url");
            assert_eq!((url.to_string(), format!("{url:?}")), (shown.to_owned(), format!("StoreUrl({shown})")));
        }
    }
}
