use std::path::Path;

use ardoise_store::{Account, StoreUrl};

use super::context::CheckContext;
use super::finding::Finding;
use crate::config::Config;

/// Checks that files with secrets are not readable for every user.
pub(super) fn check(context: &CheckContext) -> Finding {
    let config = &context.config;
    let secrets = secrets(config);
    let mut open = Vec::new();
    if !secrets.is_empty() && is_world_readable(&config.file) {
        open.push((config.file.clone(), format!("it holds {}", secrets.join(", "))));
    }
    if let Some(file) = config.mail.as_ref().and_then(|mail| mail.password_file(&config.folder()))
        && is_world_readable(&file)
    {
        open.push((file, "it holds the mail server's password".to_owned()));
    }
    if let StoreUrl::Sqlite(file) = config.store_url()
        && is_world_readable(&file)
    {
        open.push((file, "it holds readers' addresses".to_owned()));
    }
    let Some((file, what)) = open.first() else {
        return Finding::Fine(match secrets.as_slice() {
            [] => "none in the settings".to_owned(),
            secrets => format!("{} in {}, which others may not read", secrets.join(", "), config.file.display()),
        });
    };
    let files = open.iter().map(|(file, _)| file.display().to_string()).collect::<Vec<_>>().join(" ");
    let owner = Account::owner(file).filter(|owner| *owner != Account::current());
    let sudo = if owner.is_some() { "sudo " } else { "" };
    // The mode of the group stays: the service may read them through its group.
    let mend = format!("{sudo}chmod o= {files} (the user that runs `ardoise serve` must own them, or be in their group)");
    if open.iter().any(|(file, _)| is_reachable(file)) {
        return Finding::Wrong(format!("everybody on this machine may read {}, and {what}; to fix it: {mend}", file.display()));
    }
    Finding::Warning(format!("nothing but its folder keeps everybody from reading {}, and {what}; better: {mend}", file.display()))
}

/// Returns the names of the secrets in the settings file.
fn secrets(config: &Config) -> Vec<&'static str> {
    let mail = config.mail.as_ref().is_some_and(crate::config::mail::Settings::holds_password);
    let hooks = !config.webhooks().is_empty();
    let database = matches!(&config.store.url, StoreUrl::Postgres(url) if config.store.url.to_string() != *url);
    [(mail, "[mail] password"), (hooks, "[[webhook]] url and secret"), (database, "the password in [store] url")]
        .into_iter()
        .filter_map(|(is_present, name)| is_present.then_some(name))
        .collect()
}

#[cfg(unix)]
fn is_world_readable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o004 != 0)
}

/// Returns whether every user may enter the folders above the file.
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
fn is_world_readable(_: &Path) -> bool {
    false
}
