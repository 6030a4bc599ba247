use std::path::Path;

use ardoise_store::{Account, StoreUrl};

use super::outcome::Outcome;
use super::scene::Scene;
use crate::config::Config;

/// Files that hold what nobody else should know.
pub(super) fn look(scene: &Scene) -> Outcome {
    let config = &scene.config;
    let held = held(config);
    let mut open = Vec::new();
    if !held.is_empty() && is_open(&config.file) {
        open.push((config.file.clone(), format!("it holds {}", held.join(", "))));
    }
    if let Some(file) = config.mail.as_ref().and_then(|mail| mail.password_file(&config.folder()))
        && is_open(&file)
    {
        open.push((file, "it holds the mail server's password".to_owned()));
    }
    if let StoreUrl::Sqlite(file) = config.store_url()
        && is_open(&file)
    {
        open.push((file, "it holds readers' addresses".to_owned()));
    }
    let Some((file, what)) = open.first() else {
        return Outcome::Fine(match held.as_slice() {
            [] => "none in the settings".to_owned(),
            held => format!("{} in {}, which others may not read", held.join(", "), config.file.display()),
        });
    };
    let files = open.iter().map(|(file, _)| file.display().to_string()).collect::<Vec<_>>().join(" ");
    let owner = Account::owner(file).filter(|owner| *owner != Account::current());
    let sudo = if owner.is_some() { "sudo " } else { "" };
    // The service may read them by its group.
    let mend = format!("{sudo}chmod o= {files} (the user that runs `ardoise serve` must own them, or be in their group)");
    if open.iter().any(|(file, _)| is_reachable(file)) {
        return Outcome::Wrong(format!("everybody on this machine may read {}, and {what}; mend it: {mend}", file.display()));
    }
    Outcome::Warning(format!("nothing but its folder keeps everybody from reading {}, and {what}; better: {mend}", file.display()))
}

/// The secrets that stand in the settings themselves, by name.
fn held(config: &Config) -> Vec<&'static str> {
    let mail = config.mail.as_ref().is_some_and(crate::config::mail::Settings::holds_password);
    let hooks = !config.webhooks().is_empty();
    let database = matches!(&config.store.url, StoreUrl::Postgres(url) if config.store.url.to_string() != *url);
    [(mail, "[mail] password"), (hooks, "[[webhook]] url and secret"), (database, "the password in [store] url")]
        .into_iter()
        .filter_map(|(held, name)| held.then_some(name))
        .collect()
}

#[cfg(unix)]
fn is_open(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o004 != 0)
}

/// Whether everybody may enter the folders that lead to it.
#[cfg(unix)]
fn is_reachable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    file.ancestors().skip(1).all(|folder| folder.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o001 != 0))
}

#[cfg(not(unix))]
fn is_reachable(_: &Path) -> bool {
    false
}

#[cfg(not(unix))]
fn is_open(_: &Path) -> bool {
    false
}
