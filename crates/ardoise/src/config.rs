// Each by its path, for the fuzzer takes this file in from elsewhere.
#[path = "config/mail.rs"]
pub(crate) mod mail;
#[path = "config/moderation.rs"]
mod moderation;
#[path = "config/moderators.rs"]
mod moderators;
#[path = "config/number.rs"]
mod number;
#[path = "config/privacy.rs"]
mod privacy;
#[path = "config/rules.rs"]
mod rules;
#[path = "config/sentences.rs"]
mod sentences;
#[path = "config/webhooks.rs"]
mod webhooks;

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Context;
use ardoise_generator::Feeds;
use ardoise_model::{Moderator, Names, Order, Origin, Policy};
use ardoise_notify::Webhook;
use ardoise_service::Proxies;
use ardoise_store::{FileUse, PermissionProblem, StoreUrl};
use serde::{Deserialize, Deserializer};

pub(crate) use privacy::Privacy;

/// The file that is read when none is named.
pub(crate) const FILE: &str = "ardoise.toml";

/// The file of settings. An unknown key is an error: a typing error must not pass for a setting.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) site: Site,
    #[serde(default)]
    pub(crate) service: Service,
    #[serde(default)]
    pub(crate) store: Store,
    #[serde(default)]
    pub(crate) publish: Publish,
    #[serde(default)]
    pub(crate) moderation: moderation::Settings,
    #[serde(default)]
    pub(crate) rules: rules::Settings,
    #[serde(default)]
    pub(crate) privacy: Privacy,
    /// Who decides; nobody named: the owner.
    #[serde(default, rename = "moderator")]
    moderators: Vec<moderators::Settings>,
    pub(crate) mail: Option<mail::Settings>,
    #[serde(default, rename = "webhook")]
    webhooks: Vec<webhooks::Settings>,
    /// The file itself.
    #[serde(skip)]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Site {
    #[serde(deserialize_with = "parsed")]
    pub(crate) origin: Origin,
    /// Without it there is no catalogue, and any path is accepted.
    pub(crate) built: Option<PathBuf>,
    /// Where on the origin the site begins.
    #[serde(default = "root", deserialize_with = "site_path")]
    pub(crate) path: String,
    /// In feeds; empty: the origin's host.
    #[serde(default)]
    pub(crate) title: String,
    /// The name under which the owner answers.
    #[serde(default)]
    pub(crate) owner: String,
    /// Other names under which readers reach the same site.
    #[serde(default, deserialize_with = "origins")]
    origins: Vec<Origin>,
}

fn root() -> String {
    "/".to_owned()
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Service {
    #[serde(deserialize_with = "listen")]
    pub(crate) listen: SocketAddr,
    /// Where browsers reach the service; empty: at the site's origin.
    #[serde(deserialize_with = "service_url")]
    url: String,
    /// Where Stacosys' form leads; empty: back to the article.
    pub(crate) stacosys_redirect: String,
    /// Web servers in front of this one.
    #[serde(deserialize_with = "proxies")]
    pub(crate) trusted_proxies: Proxies,
    pub(crate) log_refused_addresses: bool,
    /// For how long a comment is its author's to change; 0: it is not. A year at most.
    #[serde(deserialize_with = "number::number::<_, _, 0, 525_600>")]
    pub(crate) grace_minutes: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Store {
    #[serde(deserialize_with = "parsed")]
    pub(crate) url: StoreUrl,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Publish {
    pub(crate) to: PathBuf,
    /// Where readers find the tree.
    #[serde(deserialize_with = "tree_url")]
    pub(crate) url: String,
    #[serde(deserialize_with = "parsed")]
    pub(crate) order: Order,
    #[serde(deserialize_with = "parsed")]
    pub(crate) feeds: Feeds,
    pub(crate) avatars: bool,
    pub(crate) on_change: String,
    /// After so many seconds the command is killed.
    #[serde(deserialize_with = "number::number::<_, _, 1, 86_400>")]
    pub(crate) on_change_seconds: u32,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8100)),
            url: String::new(),
            stacosys_redirect: String::new(),
            trusted_proxies: Proxies::default(),
            log_refused_addresses: false,
            grace_minutes: 15,
        }
    }
}

impl Default for Store {
    fn default() -> Self {
        Self { url: StoreUrl::sqlite("ardoise.db") }
    }
}

impl Default for Publish {
    fn default() -> Self {
        let (to, url) = ("published".into(), "/ardoise/".into());
        let (order, feeds) = (Order::default(), Feeds::default());
        Self { to, url, order, feeds, avatars: true, on_change: String::new(), on_change_seconds: 60 }
    }
}

/// Two of one name could not be told apart, in the log and by whoever is to be told. Capitals make no difference.
fn names_differ<'a>(table: &str, names: impl Iterator<Item = &'a str>) -> anyhow::Result<()> {
    let mut seen: Vec<(String, &str)> = Vec::new();
    for name in names {
        let folded = name.trim().to_lowercase();
        if let Some((_, other)) = seen.iter().find(|(known, _)| *known == folded) {
            anyhow::bail!(
                "two {table} are called {name:?} and {other:?}; give each a name of its own, which differs by more than capitals"
            );
        }
        seen.push((folded, name));
    }
    Ok(())
}

impl Config {
    /// Reads the file that was named, or the one in the working directory.
    pub(crate) fn load(named: Option<&Path>) -> anyhow::Result<Self> {
        let file = named.unwrap_or(Path::new(FILE));
        let text = std::fs::read_to_string(file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                anyhow::anyhow!("there is no {}; `ardoise init` makes one, --config FILE names another", file.display())
            }
            std::io::ErrorKind::InvalidData => {
                anyhow::anyhow!("{} is not UTF-8; save it as UTF-8, without a byte order mark", file.display())
            }
            std::io::ErrorKind::IsADirectory => {
                anyhow::anyhow!("{0} is a folder; name the file in it: --config {0}/{FILE}", file.display())
            }
            _ => match PermissionProblem::find(file, FileUse::Read) {
                Some(obstacle) => anyhow::anyhow!("{obstacle}"),
                None => anyhow::anyhow!("{}: {error}", file.display()),
            },
        })?;
        Self::parse(&text, file)
    }

    pub(crate) fn parse(text: &str, file: &Path) -> anyhow::Result<Self> {
        let mut config: Self = toml::from_str(text)
            .map_err(|mut error: toml::de::Error| {
                // The message quotes the line, and may end in a log.
                error.set_input(Some(&without_passwords(text)));
                anyhow::Error::msg(sentences::explained(text, &error))
            })
            .with_context(|| file.display().to_string())?;
        names_differ("[[moderator]]", config.moderators.iter().map(moderators::Settings::name))
            .and_then(|()| names_differ("[[webhook]]", config.webhooks.iter().map(|settings| settings.0.name.as_str())))
            .with_context(|| file.display().to_string())?;
        file.clone_into(&mut config.file);
        // Whoever asks for the site's origin knows its other names too.
        config.site.origin = config.site.origin.with_others(std::mem::take(&mut config.site.origins));
        Ok(config)
    }

    /// Relative files in the settings are relative to the file of settings, so that a command works from any folder.
    pub(crate) fn folder(&self) -> PathBuf {
        let folder = self.file.parent().unwrap_or(Path::new(""));
        // Absolute, for the owner's command may run elsewhere.
        std::path::absolute(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }).unwrap_or_else(|_| folder.to_owned())
    }

    /// Where browsers reach the service; it ends in `/`.
    pub(crate) fn service_url(&self) -> String {
        if self.service.url.is_empty() { format!("{}/", self.site.origin) } else { self.service.url.clone() }
    }

    /// Whether the settings say where browsers reach the service.
    pub(crate) fn has_service_url(&self) -> bool {
        !self.service.url.is_empty()
    }

    /// Where readers find the published tree, as a whole URL; it ends in `/`.
    pub(crate) fn tree_url(&self) -> String {
        let Self { site, publish, .. } = self;
        if publish.url.starts_with('/') { format!("{}{}", site.origin, publish.url) } else { publish.url.clone() }
    }

    /// Where moderators' browsers reach the queue's service; it ends in `/`.
    pub(crate) fn moderation_url(&self) -> String {
        if self.moderation.url.is_empty() { self.service_url() } else { self.moderation.url.clone() }
    }

    /// Who decides, by name.
    pub(crate) fn moderators(&self) -> Vec<Moderator> {
        moderators::all(&self.moderators, &self.site.owner)
    }

    /// What becomes of comments.
    pub(crate) fn policy(&self, known_articles_only: bool) -> Policy {
        let moderators = self.moderators();
        let names = moderators.iter().map(|moderator| moderator.name.as_str()).chain([self.site.owner.as_str()]);
        self.rules.policy(known_articles_only, Names::new(names))
    }

    /// Programs that are told of comments.
    pub(crate) fn webhooks(&self) -> Vec<Webhook> {
        self.webhooks.iter().map(|settings| settings.0.clone()).collect()
    }

    /// What the site is called; without a title, its host.
    pub(crate) fn title(&self) -> &str {
        let host = self.site.origin.as_str().split_once("://").map_or("", |(_, host)| host);
        Some(self.site.title.trim()).filter(|title| !title.is_empty()).unwrap_or(host)
    }

    pub(crate) fn built(&self) -> Option<PathBuf> {
        self.site.built.as_ref().map(|built| self.folder().join(built))
    }

    pub(crate) fn to(&self) -> PathBuf {
        self.folder().join(&self.publish.to)
    }

    pub(crate) fn store_url(&self) -> StoreUrl {
        self.store.url.relative_to(&self.folder())
    }
}

/// The text with every line dark that may have a password in it, from where one could begin. Each line stays as long as it is: messages
/// point at columns.
fn without_passwords(text: &str) -> String {
    let dark = |line: &str| {
        let suspicious = line.contains(['@', '\\']) || ["password", "secret", "hook", "/bot"].iter().any(|word| line.contains(word));
        let start = line.find("//").or_else(|| line.find(':')).or_else(|| line.find('=')).filter(|_| suspicious).unwrap_or(line.len());
        line.char_indices()
            .map(|(at, c)| if at <= start || c == '\n' { c.to_string() } else { "*".repeat(c.len_utf8()) })
            .collect::<String>()
    };
    text.split_inclusive('\n').map(dark).collect()
}

/// Through [`FromStr`], so that the message names the line.
fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(deserializer: D) -> Result<T, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

fn listen<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| {
        serde::de::Error::custom(format!("{text:?} is not an IP address and a port, such as \"127.0.0.1:8100\" or \"[::1]:8100\""))
    })
}

fn origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Origin>, D::Error> {
    let written = Vec::<String>::deserialize(deserializer)?;
    written.iter().map(|origin| origin.parse().map_err(serde::de::Error::custom)).collect()
}

fn proxies<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Proxies, D::Error> {
    let written = Vec::<String>::deserialize(deserializer)?;
    Proxies::parse(written.iter().map(String::as_str)).map_err(serde::de::Error::custom)
}

fn site_path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let path = String::deserialize(deserializer)?;
    if !path.starts_with('/') {
        return Err(serde::de::Error::custom(format!("{path:?} is not a path such as \"/\" or \"/blog/\"")));
    }
    Ok(format!("{}/", path.trim_end_matches('/')))
}

fn service_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let url = String::deserialize(deserializer)?;
    let is_url = url.starts_with("https://") || url.starts_with("http://");
    if !url.is_empty() && !is_url {
        return Err(serde::de::Error::custom(format!("{url:?} is not a URL such as \"https://comments.example.org/\"")));
    }
    Ok(if url.is_empty() { url } else { format!("{}/", url.trim_end_matches('/')) })
}

fn tree_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let mut url = String::deserialize(deserializer)?;
    if !url.starts_with('/') && !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(serde::de::Error::custom(format!("{url:?} is neither a path such as \"/ardoise/\" nor a URL")));
    }
    if !url.ends_with('/') {
        url.push('/');
    }
    Ok(url)
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
