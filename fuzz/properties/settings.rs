//! What must be true of every file of settings.

use std::path::Path;

use crate::config::Config;

const FILE: &str = "/srv/blog/ardoise.toml";

pub(crate) fn holds(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    match Config::parse(text, Path::new(FILE)) {
        Ok(config) => is_usable(text, &config),
        Err(error) => {
            let message = format!("{error:#}");
            assert!(message.starts_with(FILE) && message.len() > FILE.len() + 2, "it does not name the file: {message:?}");
        }
    }
}

fn is_usable(text: &str, config: &Config) {
    let origin = config.site.origin.as_str();
    assert!(origin.starts_with("https://") || origin.starts_with("http://"), "{origin:?}");
    assert!(!origin.ends_with('/'), "{origin:?}");
    let (path, url) = (&config.site.path, &config.publish.url);
    assert!(path.starts_with('/') && path.ends_with('/') && url.ends_with('/'), "{path:?} {url:?}");
    assert!(url.starts_with('/') || url.starts_with("https://") || url.starts_with("http://"), "{url:?}");
    // Relative folders are taken from the file's, so each is known whatever the folder of work is.
    assert!(config.folder() == Path::new("/srv/blog") && config.to().is_absolute());
    assert!(config.built().is_none_or(|built| built.is_absolute()));
    shows_no_password(text, &config.store_url().to_string());
}

/// Where the database's address has a password in it, what is shown of it has not.
fn shows_no_password(text: &str, shown: &str) {
    let settings: toml::Table = text.parse().expect("it was read before");
    let typed = settings.get("store").and_then(|store| store.get("url")).and_then(toml::Value::as_str).unwrap_or_default();
    if typed.starts_with("sqlite:") {
        return;
    }
    let (server, parameters) = typed.split_once('?').unwrap_or((typed, ""));
    let authority = server.split_once("//").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
    let of_the_user = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':')).map(|(_, password)| password);
    let of_the_parameters = parameters.split('&').find_map(|parameter| parameter.strip_prefix("password="));
    // A short one stands by chance in a host's name.
    for password in [of_the_user, of_the_parameters].into_iter().flatten().filter(|password| password.len() >= 8) {
        assert!(!shown.contains(password), "{shown:?} shows the password {password:?}");
    }
}
