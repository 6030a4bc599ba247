use std::fmt;
use std::str::FromStr;

use url::Url;

/// The public origin of a site, such as `https://blog.example.org`: scheme, host and port only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    text: String,
    host: String,
    port: Option<u16>,
    /// Additional origins of the same site.
    others: Vec<Origin>,
}

/// The reasons why a text is not an [`Origin`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// It cannot be parsed, or has no host.
    #[error("{0:?} is not the address of a site; write it as a browser shows it, such as \"https://blog.example.org\"")]
    NotAnAddress(String),
    /// The scheme is neither `http` nor `https`.
    #[error("a site's origin starts with https:// or http://, not {0}:")]
    Scheme(String),
    /// Something follows the host and port.
    #[error("an origin ends after the host; take away {0:?}")]
    TooMuch(String),
}

impl Origin {
    /// Returns the origin as browsers send it in the `Origin` header: without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Adds origins under which readers also reach the site. Published files and mails use the first one.
    #[must_use]
    pub fn with_others(self, others: Vec<Self>) -> Self {
        Self { others, ..self }
    }

    /// Returns all origins of the site as browsers send them. The first one is used in published files.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.as_str()).chain(self.others.iter().map(Self::as_str))
    }

    /// Returns whether `url` has the host and port of one of the site's origins. `http` and `https` are equivalent, because a site that
    /// redirects between them is one site.
    pub(crate) fn contains(&self, url: &Url) -> bool {
        let is_here = |origin: &Self| url.host_str() == Some(&origin.host) && url.port() == origin.port;
        is_here(self) || self.others.iter().any(is_here)
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let url = Url::parse(text.trim()).map_err(|_| OriginError::NotAnAddress(text.to_owned()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(OriginError::Scheme(url.scheme().to_owned()));
        }
        let Some(host) = url.host_str().map(str::to_owned) else {
            return Err(OriginError::NotAnAddress(text.to_owned()));
        };
        let bare = url.origin().ascii_serialization();
        let rest = &url.as_str()[url.as_str().len().min(bare.len())..];
        if !url.username().is_empty() || url.password().is_some() || !matches!(rest, "" | "/") {
            return Err(OriginError::TooMuch(rest.to_owned()));
        }
        Ok(Self { text: bare, host, port: url.port(), others: Vec::new() })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn is_written_as_browsers_send_it() {
        for (typed, origin) in [
            ("https://blog.example.org", "https://blog.example.org"),
            (" https://Blog.Example.org/ ", "https://blog.example.org"),
            ("https://blog.example.org:443", "https://blog.example.org"),
            ("http://127.0.0.1:8100", "http://127.0.0.1:8100"),
            ("https://café.example", "https://xn--caf-dma.example"),
        ] {
            assert_eq!(typed.parse::<Origin>().map(|o| o.to_string()), Ok(origin.to_owned()), "{typed}");
        }
    }

    #[test]
    fn a_site_may_have_several_names() {
        let origin = |text: &str| text.parse::<Origin>().expect("an origin");
        let site = origin("https://blog.example.org").with_others(vec![origin("https://www.example.org"), origin("http://10.0.0.1:8080")]);
        assert_eq!(site.to_string(), "https://blog.example.org");
        assert_eq!(site.names().collect::<Vec<_>>(), ["https://blog.example.org", "https://www.example.org", "http://10.0.0.1:8080"]);
        for (url, is_here) in [
            ("http://blog.example.org/a/", true),
            ("https://www.example.org/a/", true),
            ("http://10.0.0.1:8080/a/", true),
            ("http://10.0.0.1/a/", false),
            ("https://www.example.org.evil.example/", false),
        ] {
            assert_eq!(site.contains(&Url::parse(url).expect("a URL")), is_here, "{url}");
        }
    }

    #[test]
    fn says_what_is_too_much() {
        assert_eq!("https://u.example/blog/".parse::<Origin>(), Err(OriginError::TooMuch("/blog/".into())));
        assert_eq!("ftp://u.example".parse::<Origin>(), Err(OriginError::Scheme("ftp".into())));
        assert_eq!("blog".parse::<Origin>(), Err(OriginError::NotAnAddress("blog".into())));
        assert!(matches!("https://me:pw@u.example/".parse::<Origin>(), Err(OriginError::TooMuch(_))));
    }
}
