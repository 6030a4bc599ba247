use ardoise_model::Moderator;
use serde::{Deserialize, Deserializer};

/// `[[moderator]]`: a person who decides on comments.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    #[serde(deserialize_with = "name")]
    name: String,
    #[serde(default, deserialize_with = "email")]
    email: Option<String>,
}

impl Settings {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// Returns the moderators. If the settings name none, the owner of the site is the only one.
pub(crate) fn all(named: &[Settings], owner: &str) -> Vec<Moderator> {
    if named.is_empty() {
        let owner = owner.trim();
        return vec![Moderator { name: if owner.is_empty() { "owner" } else { owner }.to_owned(), email: None }];
    }
    named.iter().map(|settings| Moderator { name: settings.name.clone(), email: settings.email.clone() }).collect()
}

fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?.trim().to_owned();
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(serde::de::Error::custom("a moderator needs a name, which `ardoise log` shows"));
    }
    Ok(name)
}

fn email<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let email = String::deserialize(deserializer)?;
    let email = email.trim();
    let parts = email.rsplit_once('@').filter(|(local, host)| !local.is_empty() && !host.is_empty());
    if parts.is_none() || email.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(serde::de::Error::custom(format!(
            "{email:?} is no e-mail address; leave the line out for a moderator who wants no mail"
        )));
    }
    Ok(Some(email.to_owned()))
}
