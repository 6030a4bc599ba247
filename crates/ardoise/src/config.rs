//! The settings, `ardoise.toml`: parsed once into these structs, and passed down.

mod explain;
mod fields;
pub(crate) mod mail;
mod moderation;
mod moderators;
mod number;
mod privacy;
mod redact;
mod rules;
mod sections;
mod webhooks;

use std::path::{Path, PathBuf};

use anyhow::Context;
use ardoise_model::{Moderator, Names, Policy};
use ardoise_notify::Webhook;
use ardoise_store::{FileUse, PermissionProblem, StoreUrl};
use serde::Deserialize;

pub(crate) use privacy::Privacy;
pub use sections::{Publish, Site};
use sections::{Service, Store};

/// The file that is read without `--config`.
pub(crate) const FILE: &str = "ardoise.toml";

/// The settings. An unknown key is an error, so that a misspelt one is not ignored.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `[site]`.
    pub site: Site,
    #[serde(default)]
    pub(crate) service: Service,
    #[serde(default)]
    pub(crate) store: Store,
    /// `[publish]`.
    #[serde(default)]
    pub publish: Publish,
    #[serde(default)]
    pub(crate) moderation: moderation::Settings,
    #[serde(default)]
    pub(crate) rules: rules::Settings,
    #[serde(default)]
    pub(crate) privacy: Privacy,
    /// Without any, the owner is the only moderator.
    #[serde(default, rename = "moderator")]
    moderators: Vec<moderators::Settings>,
    pub(crate) mail: Option<mail::Settings>,
    #[serde(default, rename = "webhook")]
    webhooks: Vec<webhooks::Settings>,
    /// The file that the settings were read from.
    #[serde(skip)]
    pub(crate) file: PathBuf,
}

/// Checks that names are unique, ignoring case: logs and queues identify moderators and webhooks by name.
fn check_unique_names<'a>(table: &str, names: impl Iterator<Item = &'a str>) -> anyhow::Result<()> {
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
    /// Reads `named`, or `ardoise.toml` in the working directory.
    pub(crate) fn load(named: Option<&Path>) -> anyhow::Result<Self> {
        let file = named.unwrap_or(Path::new(FILE));
        let text = std::fs::read_to_string(file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound if named.is_some() => {
                anyhow::anyhow!("there is no {}, which --config or ARDOISE_CONFIG names; correct the path", file.display())
            }
            std::io::ErrorKind::NotFound => {
                anyhow::anyhow!("there is no {FILE} in this folder; `ardoise init` makes one, --config FILE names another")
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

    /// Parses the settings in `text`. `file` is named in errors, and relative paths are relative to its folder.
    pub fn parse(text: &str, file: &Path) -> anyhow::Result<Self> {
        let mut config: Self = toml::from_str(text)
            .map_err(|mut error: toml::de::Error| {
                // The message quotes the line and may be logged.
                error.set_input(Some(&redact::without_passwords(text)));
                anyhow::Error::msg(explain::explained(text, &error))
            })
            .with_context(|| file.display().to_string())?;
        check_unique_names("[[moderator]]", config.moderators.iter().map(moderators::Settings::name))
            .and_then(|()| check_unique_names("[[webhook]]", config.webhooks.iter().map(|settings| settings.0.name.as_str())))
            .with_context(|| file.display().to_string())?;
        file.clone_into(&mut config.file);
        // The origin carries the site's other names, so that every comparison accepts them.
        config.site.origin = config.site.origin.with_others(std::mem::take(&mut config.site.origins));
        Ok(config)
    }

    /// Returns the folder of the settings file, absolute. Relative paths in the settings start there, so that a command works from any folder.
    pub fn folder(&self) -> PathBuf {
        let folder = self.file.parent().unwrap_or(Path::new(""));
        // Absolute, because the owner's command may run in another folder.
        std::path::absolute(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }).unwrap_or_else(|_| folder.to_owned())
    }

    /// Returns the URL at which browsers reach the service; it ends in `/`.
    pub(crate) fn service_url(&self) -> String {
        if self.service.url.is_empty() { format!("{}/", self.site.origin) } else { self.service.url.clone() }
    }

    /// Returns whether `[service] url` is set.
    pub(crate) fn has_service_url(&self) -> bool {
        !self.service.url.is_empty()
    }

    /// Returns the absolute URL of the published tree; it ends in `/`.
    pub(crate) fn tree_url(&self) -> String {
        let Self { site, publish, .. } = self;
        if publish.url.starts_with('/') { format!("{}{}", site.origin, publish.url) } else { publish.url.clone() }
    }

    /// Returns the URL below which browsers find the moderators' queue; it ends in `/`.
    pub(crate) fn moderation_url(&self) -> String {
        if self.moderation.url.is_empty() { self.service_url() } else { self.moderation.url.clone() }
    }

    /// Returns the moderators; without any in the settings, the owner.
    pub(crate) fn moderators(&self) -> Vec<Moderator> {
        moderators::all(&self.moderators, &self.site.owner)
    }

    /// Returns the rules for new comments. `known_articles_only` refuses comments on articles that are not in the catalogue.
    pub(crate) fn policy(&self, known_articles_only: bool) -> Policy {
        let moderators = self.moderators();
        let names = moderators.iter().map(|moderator| moderator.name.as_str()).chain([self.site.owner.as_str()]);
        self.rules.policy(known_articles_only, Names::new(names))
    }

    /// Returns the webhooks to call.
    pub(crate) fn webhooks(&self) -> Vec<Webhook> {
        self.webhooks.iter().map(|settings| settings.0.clone()).collect()
    }

    /// Returns the site's title; without one, its host.
    pub(crate) fn title(&self) -> &str {
        let host = self.site.origin.as_str().split_once("://").map_or("", |(_, host)| host);
        Some(self.site.title.trim()).filter(|title| !title.is_empty()).unwrap_or(host)
    }

    /// Returns the folder of the built site, absolute. `None`: the settings name none.
    pub fn built(&self) -> Option<PathBuf> {
        self.site.built.as_ref().map(|built| self.folder().join(built))
    }

    /// Returns the folder of the published tree, absolute.
    pub fn to(&self) -> PathBuf {
        self.folder().join(&self.publish.to)
    }

    /// Returns the URL of the database; the path of an SQLite file is absolute.
    pub fn store_url(&self) -> StoreUrl {
        self.store.url.relative_to(&self.folder())
    }
}

#[cfg(test)]
mod tests;
