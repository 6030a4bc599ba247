//! HTTP requests without a body, for checks.

use std::io::{self, Read};
use std::time::Duration;

use ureq::http::{Request, header};
use ureq::{Error, tls};

/// The most bytes of a response that are read.
const MAX_BYTES: u64 = 64 * 1024;

/// The response to a request.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The `Location` header: the target of a redirect.
    pub location: Option<String>,
    /// The beginning of the body.
    pub body: Vec<u8>,
}

/// The reason why there is no response, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestError(pub String);

/// Sends one request without a body. Redirects are not followed. `timeout` limits the whole exchange. Errors do not contain the URL, which may
/// hold a secret.
pub fn request(method: &str, url: &str, timeout: Duration) -> Result<Response, RequestError> {
    let tls = tls::TlsConfig::builder().root_certs(tls::RootCerts::PlatformVerifier).build();
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).timeout_global(Some(timeout)).tls_config(tls);
    let agent: ureq::Agent = config.user_agent(concat!("Ardoise/", env!("CARGO_PKG_VERSION"))).build().into();
    let request = Request::builder().method(method).uri(url).body(()).map_err(|_| RequestError("it is not a URL".to_owned()))?;
    let response = agent.run(request).map_err(|error| RequestError(sentence(&error, timeout).replace(url, "its address")))?;
    let (parts, body) = response.into_parts();
    let mut beginning = Vec::new();
    // If the connection breaks, the part that arrived is returned.
    let _ = body.into_reader().take(MAX_BYTES).read_to_end(&mut beginning);
    let location = parts.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok(Response { status: parts.status.as_u16(), location, body: beginning })
}

/// Returns the error as a sentence.
fn sentence(error: &Error, timeout: Duration) -> String {
    match error {
        Error::HostNotFound => "no such host is known (DNS)".to_owned(),
        Error::Timeout(_) => format!("there was no answer within {} s", timeout.as_secs()),
        Error::ConnectionFailed => "no connection could be made".to_owned(),
        Error::Io(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused => "nothing listens there: the connection was refused".to_owned(),
            io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof => "the connection was closed without an answer".to_owned(),
            io::ErrorKind::TimedOut => format!("there was no answer within {} s", timeout.as_secs()),
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => "no network leads there".to_owned(),
            _ if error.to_string().contains("lookup") => "no such host is known (DNS)".to_owned(),
            _ => error.to_string(),
        },
        Error::Tls(why) => format!("TLS: {why}"),
        Error::Rustls(why) => format!("TLS: {why}"),
        other => other.to_string(),
    }
}
