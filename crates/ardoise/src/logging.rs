use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging to standard error. `ARDOISE_LOG` sets the level: `warn`, `info`, `debug`, or a filter per module. Without it the level is
/// `info` for services and `warn` for commands.
pub(crate) fn start(is_service: bool) {
    let default = if is_service { "info,actix_server=warn,notify=warn" } else { "warn" };
    let filter = EnvFilter::try_from_env("ARDOISE_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    // actix_http logs an error for each malformed request, and port scanners send many of them.
    let quiet = if filter.to_string().contains("actix_http") { None } else { "actix_http=off".parse().ok() };
    let filter = quiet.into_iter().fold(filter, EnvFilter::add_directive);
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // If the reader of the log has gone, reporting that on the same pipe would panic in the middle of a request.
    let log = log.log_internal_errors(false);
    let log = log.with_ansi(std::io::stderr().is_terminal());
    // The journal adds the time itself.
    if std::env::var_os("JOURNAL_STREAM").is_some() { log.without_time().init() } else { log.init() }
}
