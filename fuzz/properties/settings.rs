//! Properties of every settings file.

use std::path::Path;

use crate::config::Config;

const FILE: &str = "/srv/blog/ardoise.toml";

pub(crate) fn holds(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    match Config::parse(text, Path::new(FILE)) {
        Ok(config) => {
            is_usable(&config);
            hides_passwords(text, &config.store_url().to_string());
        }
        Err(error) => {
            let message = format!("{error:#}");
            assert!(message.starts_with(FILE) && message.len() > FILE.len() + 2, "it does not name the file: {message:?}");
            hides_passwords(text, &message);
        }
    }
}

fn is_usable(config: &Config) {
    let origin = config.site.origin.as_str();
    assert!(origin.starts_with("https://") || origin.starts_with("http://"), "{origin:?}");
    assert!(!origin.ends_with('/'), "{origin:?}");
    let (path, url) = (&config.site.path, &config.publish.url);
    assert!(path.starts_with('/') && path.ends_with('/') && url.ends_with('/'), "{path:?} {url:?}");
    assert!(url.starts_with('/') || url.starts_with("https://") || url.starts_with("http://"), "{url:?}");
    // Relative folders are resolved from the settings file, so they do not depend on the working directory.
    assert!(config.folder() == Path::new("/srv/blog") && config.to().is_absolute());
    assert!(config.built().is_none_or(|built| built.is_absolute()));
}

/// A password in the database's URL does not appear in messages.
fn hides_passwords(text: &str, said: &str) {
    let Ok(settings) = text.parse::<toml::Table>() else { return };
    let url = settings.get("store").and_then(|store| store.get("url")).and_then(toml::Value::as_str).unwrap_or_default();
    if url.starts_with("sqlite:") {
        return;
    }
    for password in passwords(url) {
        // A short password may be part of a word by chance. One that is written twice in the file may be shown from its other place.
        if password.len() >= 8 && text.matches(password).count() == 1 {
            assert!(!said.contains(password), "{said:?} shows the password {password:?}");
        }
    }
}

/// Finds passwords as libpq does: credentials end at the first @ that is not preceded by a slash.
fn passwords(url: &str) -> Vec<&str> {
    let after = url.split_once("//").map_or("", |(_, rest)| rest);
    let end = after.find(['@', '/']).filter(|&at| after[at..].starts_with('@'));
    let (credentials, server) = end.map_or(("", after), |at| after.split_at(at));
    let of_the_user = credentials.split_once(':').map(|(_, password)| password);
    let parameters = server.split_once('?').map_or("", |(_, parameters)| parameters);
    let of_parameters = parameters.split('&').filter_map(|parameter| parameter.split_once('='));
    let secret = |key: &str| matches!(key, "password" | "sslpassword");
    of_the_user.into_iter().chain(of_parameters.filter(|(key, _)| secret(key)).map(|(_, password)| password)).collect()
}
