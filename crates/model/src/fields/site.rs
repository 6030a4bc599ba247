use url::Url;

use crate::Rule;
use crate::fields::at_most;

/// The maximum length of a URL, in characters.
const MAX_LENGTH: usize = 400;

/// Checks a URL with `http` or `https`, which may be empty. `example.org` becomes `https://example.org/`.
pub(crate) fn check(typed: &str) -> Result<Option<String>, Rule> {
    let typed = typed.trim();
    // A form with a prefilled "https://" that was left alone.
    if matches!(typed, "" | "http://" | "https://") {
        return Ok(None);
    }
    at_most(typed, MAX_LENGTH)?;
    if typed.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(Rule::NotALink);
    }
    let whole = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    let url = Url::parse(&whole).map_err(|_| Rule::NotALink)?;
    let has_host = url.host_str().is_some_and(is_host);
    // `https://bank.example@evil.example/` shows one site and leads to another.
    let honest = url.username().is_empty() && url.password().is_none();
    if matches!(url.scheme(), "http" | "https") && has_host && honest { Ok(Some(escaped(url.as_str()))) } else { Err(Rule::NotALink) }
}

/// Escapes quotes of both kinds. The URL standard leaves them in some parts of a URL, and a template that writes the URL into an attribute
/// may use either.
fn escaped(url: &str) -> String {
    url.replace('\'', "%27").replace('`', "%60")
}

/// Returns whether a host consists of the usual characters only. The URL standard allows quotes and brackets in hosts unescaped, and other
/// people's templates write the URL into pages.
fn is_host(host: &str) -> bool {
    let named = host.contains('.') || host == "localhost" || host.starts_with('[');
    named && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._[]:".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites() {
        for (typed, site) in [
            ("https://example.org", "https://example.org/"),
            ("example.org/~ada", "https://example.org/~ada"),
            ("http://café.example/é", "http://xn--caf-dma.example/%C3%A9"),
            ("my_blog.example:8080/\"", "https://my_blog.example:8080/%22"),
            ("http://[::1]/", "http://[::1]/"),
            ("https://a.example/'`\"?'`\"#'`\"", "https://a.example/%27%60%22?%27%60%22#%27%60%22"),
        ] {
            assert_eq!(check(typed), Ok(Some(site.to_owned())));
        }
        assert_eq!(check("http://"), Ok(None));
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://a.example",
            "me",
            "https://bank.example@evil.example/",
            "https://a .example",
            "https://\"onclick=x",
            "https://a.example\"onclick=x",
            "https://a.example'",
            "https://a.example`",
            "https://(a).example/",
        ] {
            assert_eq!(check(bad), Err(Rule::NotALink), "{bad:?}");
        }
    }
}
