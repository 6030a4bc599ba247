use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Logs to standard error. `ARDOISE_LOG` says how much: `warn`, `info`, `debug`, or a filter per module.
pub(crate) fn start(talkative: bool) {
    let default = if talkative { "info,actix_server=warn,notify=warn" } else { "warn" };
    let filter = EnvFilter::try_from_env("ARDOISE_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    // It calls a malformed request an error, one line each, and whoever scans the port sends as many as he likes.
    let quiet = if filter.to_string().contains("actix_http") { None } else { "actix_http=off".parse().ok() };
    let filter = quiet.into_iter().fold(filter, EnvFilter::add_directive);
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // Whoever read the log may have gone. Complaining of that, on the very same pipe, would be a panic in the middle of a request.
    let log = log.log_internal_errors(false);
    let log = log.with_ansi(std::io::stderr().is_terminal());
    // The journal has its own clock.
    if std::env::var_os("JOURNAL_STREAM").is_some() { log.without_time().init() } else { log.init() }
}
