//! Origins that requests name, compared with the site's own.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use actix_web::http::header;
use ardoise_model::Origin;

use crate::http;

/// The maximum number of foreign origins that are logged. Clients choose the names, so the log must not grow with them.
const MAX_LOGGED: usize = 20;

/// The foreign origins that were logged.
#[derive(Default)]
pub(crate) struct LoggedOrigins(Mutex<HashSet<String>>);

impl LoggedOrigins {
    /// Adds an origin. Returns whether it is new and may be logged.
    pub(crate) fn insert(&self, origin: &str) -> bool {
        let mut logged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        logged.len() < MAX_LOGGED && logged.insert(origin.to_owned())
    }
}

/// Returns the site's origin under the name that the request's page has, or else under its published name.
pub(crate) fn of_site<'a>(site: &'a Origin, headers: &header::HeaderMap) -> &'a str {
    let sent = http::header_text(headers, &header::ORIGIN);
    site.names().find(|name| Some(*name) == sent.as_deref()).unwrap_or(site.as_str())
}

/// Whether an `Origin` header names this machine.
pub(crate) fn is_local(origin: &str) -> bool {
    let Some(host) = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) else { return false };
    let (name, port) = match host.rfind(':') {
        Some(colon) if !host.ends_with(']') => (&host[..colon], &host[colon + 1..]),
        _ => (host, "80"),
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]") && !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_origin_is_logged_once_and_their_number_is_bounded() {
        let logged = LoggedOrigins::default();
        assert!(logged.insert("https://a.example") && !logged.insert("https://a.example"));
        assert_eq!((0..100).filter(|n| logged.insert(&format!("https://{n}.example"))).count(), MAX_LOGGED - 1);
    }

    #[test]
    fn origins_of_this_machine_are_recognised() {
        for origin in ["http://localhost:1313", "http://127.0.0.1:8100", "https://localhost", "http://[::1]:1313", "http://[::1]"] {
            assert!(is_local(origin), "{origin}");
        }
        for origin in [
            "http://localhost.evil.example",
            "http://localhost:1313.evil.example",
            "http://evil.example:1313",
            "http://127.0.0.1.evil.example",
            "http://localhost:",
            "http://localhost:80@evil.example",
            "ftp://localhost",
            "localhost",
            "null",
            "",
        ] {
            assert!(!is_local(origin), "{origin}");
        }
    }
}
