//! The address that `ardoise dev` listens on, which may differ from its settings. `ardoise moderator link` needs it in another terminal.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ardoise_generator::StatusFile;
use ardoise_notify::request;

use crate::config::Config;

/// The file with the address, beside the settings, while `dev` runs.
const FILE: &str = ".ardoise-dev";
/// The time limit of the request that checks whether `dev` runs.
const TIMEOUT: Duration = Duration::from_secs(2);

fn file(config: &Config) -> PathBuf {
    config.folder().join(FILE)
}

/// Publishes the address until the returned file is dropped. If it cannot be written, links contain the address in the settings.
pub(crate) fn publish(config: &Config, address: SocketAddr) -> Option<StatusFile> {
    let file = StatusFile::write(&file(config), &format!("http://{address}/"));
    file.inspect_err(|error| tracing::warn!("`ardoise moderator link` will name the address in the settings: {error}")).ok()
}

/// Returns the URL below which browsers find the moderators' queue: at the address of `dev` if it runs with these settings, or the one in the
/// settings.
pub(crate) fn moderation_url(config: &Config) -> String {
    let runs = |url: &String| request("GET", &format!("{url}health"), TIMEOUT).is_ok_and(|response| response.status == 200);
    let local = |url: &String| url.starts_with("http://127.0.0.1:");
    StatusFile::read(&file(config)).filter(local).filter(runs).unwrap_or_else(|| config.moderation_url())
}
