//! Asking an address what it answers, for checks. Nothing is sent but the question.

use std::io::{self, Read};
use std::time::Duration;

use ureq::http::{Request, header};
use ureq::{Error, tls};

/// More of an answer is not read.
const MOST_BYTES: u64 = 64 * 1024;

/// What an address answered.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Where a redirect leads.
    pub location: Option<String>,
    /// The beginning of the body.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestError(pub String);

/// Sends one request without a body; follows no redirect, and waits no longer than `patience`. Errors do not repeat the address, which
/// may hold a secret.
pub fn request(method: &str, url: &str, patience: Duration) -> Result<Response, RequestError> {
    let tls = tls::TlsConfig::builder().root_certs(tls::RootCerts::PlatformVerifier).build();
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).timeout_global(Some(patience)).tls_config(tls);
    let agent: ureq::Agent = config.user_agent(concat!("Ardoise/", env!("CARGO_PKG_VERSION"))).build().into();
    let request = Request::builder().method(method).uri(url).body(()).map_err(|_| RequestError("it is not a URL".to_owned()))?;
    let answer = agent.run(request).map_err(|error| RequestError(sentence(&error, patience).replace(url, "its address")))?;
    let (parts, body) = answer.into_parts();
    let mut beginning = Vec::new();
    // What came before the connection broke is an answer too.
    let _ = body.into_reader().take(MOST_BYTES).read_to_end(&mut beginning);
    let location = parts.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok(Response { status: parts.status.as_u16(), location, body: beginning })
}

fn sentence(error: &Error, patience: Duration) -> String {
    match error {
        Error::HostNotFound => "no such host is known (DNS)".to_owned(),
        Error::Timeout(_) => format!("there was no answer within {} s", patience.as_secs()),
        Error::ConnectionFailed => "no connection could be made".to_owned(),
        Error::Io(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused => "nothing listens there: the connection was refused".to_owned(),
            io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof => "the connection was closed without an answer".to_owned(),
            io::ErrorKind::TimedOut => format!("there was no answer within {} s", patience.as_secs()),
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => "no network leads there".to_owned(),
            _ if error.to_string().contains("lookup") => "no such host is known (DNS)".to_owned(),
            _ => error.to_string(),
        },
        Error::Tls(why) => format!("TLS: {why}"),
        Error::Rustls(why) => format!("TLS: {why}"),
        other => other.to_string(),
    }
}
