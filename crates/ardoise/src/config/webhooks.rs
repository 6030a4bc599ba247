use ardoise_notify::{Format, Secret, Webhook};
use serde::Deserialize;

/// `[[webhook]]`: a URL that is called with events.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "RawSettings")]
pub(crate) struct Settings(pub(crate) Webhook);

/// The section as it is written in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSettings {
    name: String,
    url: String,
    #[serde(default)]
    secret: String,
    #[serde(default = "pending")]
    events: Vec<String>,
    #[serde(default = "json")]
    format: String,
    #[serde(default)]
    chat: String,
}

fn pending() -> Vec<String> {
    vec!["pending".to_owned()]
}

fn json() -> String {
    "json".to_owned()
}

impl TryFrom<RawSettings> for Settings {
    type Error = String;

    fn try_from(raw: RawSettings) -> Result<Self, String> {
        let RawSettings { name, url, secret, events, format, chat } = raw;
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            return Err("[[webhook]] needs a name, which logs show".to_owned());
        }
        // The URL may contain a secret, and is not repeated in the message.
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
        if rest.is_empty() || rest.starts_with('/') || url.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(format!("the url of [[webhook]] {name:?} is not one such as \"https://chat.example.org/hooks/…\""));
        }
        if let Some(unknown) = events.iter().find(|event| !matches!(event.as_str(), "pending" | "approved")) {
            return Err(format!("[[webhook]] {name:?}: {unknown:?} is no event; write \"pending\", \"approved\", or both"));
        }
        let has_event = |event: &str| events.iter().any(|one| one == event);
        let format = match format.parse()? {
            Format::Telegram { .. } if chat.is_empty() => {
                return Err(format!("[[webhook]] {name:?}: Telegram needs to know where to: add chat = \"…\", the chat's number"));
            }
            Format::Telegram { .. } => Format::Telegram { chat },
            other => other,
        };
        let (pending, approved) = (has_event("pending"), has_event("approved"));
        let secret = Some(secret).filter(|secret| !secret.is_empty()).map(Secret);
        Ok(Self(Webhook { name, url: Secret(url), secret, pending, approved, format }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &str) -> Result<Webhook, String> {
        toml::from_str::<Settings>(lines).map(|Settings(hook)| hook).map_err(|error| error.to_string())
    }

    #[test]
    fn a_name_and_an_address_are_enough() {
        let hook = read("name = \"chat\"\nurl = \"https://chat.example/hooks/abc\"").expect("read");
        assert_eq!((hook.pending, hook.approved, hook.format), (true, false, Format::Json));
        let hook =
            read("name = \"t\"\nurl = \"https://a\"\nformat = \"telegram\"\nchat = \"-100\"\nevents = [\"approved\"]").expect("read");
        assert_eq!((hook.pending, hook.format), (false, Format::Telegram { chat: "-100".into() }));
    }

    #[test]
    fn an_error_says_how_to_mend_it() {
        for (lines, mend) in [
            ("name = \" \"\nurl = \"https://a\"", "needs a name"),
            ("name = \"a\"\nurl = \"chat.example/s3cret\"", "such as \"https://"),
            ("name = \"a\"\nurl = \"https://a\"\nevents = [\"spam\"]", "\"pending\", \"approved\", or both"),
            ("name = \"a\"\nurl = \"https://a\"\nformat = \"irc\"", "\"json\", \"slack\""),
            ("name = \"a\"\nurl = \"https://a\"\nformat = \"telegram\"", "add chat"),
        ] {
            let message = read(lines).expect_err("refused");
            assert!(message.contains(mend) && !message.contains("s3cret"), "{message}");
        }
    }
}
