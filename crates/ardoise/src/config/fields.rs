//! Deserialisers of single fields. Their errors are passed on by the TOML reader, which adds the line and the key.

use std::fmt::Display;
use std::net::SocketAddr;
use std::str::FromStr;

use ardoise_model::Origin;
use ardoise_service::Proxies;
use serde::{Deserialize, Deserializer};

/// Parses a string with [`FromStr`], so that its error names the line.
pub(super) fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(deserializer: D) -> Result<T, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

pub(super) fn listen<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| {
        serde::de::Error::custom(format!("{text:?} is not an IP address and a port, such as \"127.0.0.1:8100\" or \"[::1]:8100\""))
    })
}

pub(super) fn origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Origin>, D::Error> {
    let written = Vec::<String>::deserialize(deserializer)?;
    written.iter().map(|origin| origin.parse().map_err(serde::de::Error::custom)).collect()
}

pub(super) fn proxies<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Proxies, D::Error> {
    let written = Vec::<String>::deserialize(deserializer)?;
    Proxies::parse(written.iter().map(String::as_str)).map_err(serde::de::Error::custom)
}

pub(super) fn site_path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let path = String::deserialize(deserializer)?;
    if !path.starts_with('/') {
        return Err(serde::de::Error::custom(format!("{path:?} is not a path such as \"/\" or \"/blog/\"")));
    }
    Ok(format!("{}/", path.trim_end_matches('/')))
}

pub(super) fn service_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let url = String::deserialize(deserializer)?;
    let is_url = url.starts_with("https://") || url.starts_with("http://");
    if !url.is_empty() && !is_url {
        return Err(serde::de::Error::custom(format!("{url:?} is not a URL such as \"https://comments.example.org/\"")));
    }
    Ok(if url.is_empty() { url } else { format!("{}/", url.trim_end_matches('/')) })
}

pub(super) fn tree_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let mut url = String::deserialize(deserializer)?;
    if !url.starts_with('/') && !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(serde::de::Error::custom(format!("{url:?} is neither a path such as \"/ardoise/\" nor a URL")));
    }
    if !url.ends_with('/') {
        url.push('/');
    }
    Ok(url)
}
