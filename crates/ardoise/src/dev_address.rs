//! Where `ardoise dev` listens just now, which need not be what its settings say: for `ardoise moderator link` in another terminal.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ardoise_generator::StatusFile;
use ardoise_notify::request;

use crate::config::Config;

/// Beside the settings, while `dev` runs.
const FILE: &str = ".ardoise-dev";
/// Whoever runs on this machine answers at once.
const PATIENCE: Duration = Duration::from_secs(2);

fn file(config: &Config) -> PathBuf {
    config.folder().join(FILE)
}

/// Tells of it until the note is dropped. Where it cannot be written, links name the address in the settings.
pub(crate) fn tell(config: &Config, address: SocketAddr) -> Option<StatusFile> {
    let left = StatusFile::write(&file(config), &format!("http://{address}/"));
    left.inspect_err(|error| tracing::warn!("`ardoise moderator link` will name the address in the settings: {error}")).ok()
}

/// Where moderators' browsers reach the queue now: where `dev` listens, if it runs with these settings, or what these say.
pub(crate) fn moderation_url(config: &Config) -> String {
    let runs = |url: &String| request("GET", &format!("{url}health"), PATIENCE).is_ok_and(|answered| answered.status == 200);
    let local = |url: &String| url.starts_with("http://127.0.0.1:");
    StatusFile::read(&file(config)).filter(local).filter(runs).unwrap_or_else(|| config.moderation_url())
}
