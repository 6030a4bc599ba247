use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};

use super::context::{CheckContext, Service};
use super::finding::Finding;

/// Checks the addresses that the service and the queue listen on.
pub(super) fn check(context: &CheckContext) -> Finding {
    let config = &context.config;
    let listen = config.service.listen;
    if let Some(queue) = config.moderation.listen {
        if conflicts(listen, queue) {
            let mend = "give the queue another port, or leave [moderation] listen out: it then is where the service is";
            return Finding::Wrong(format!(
                "[service] listen = \"{listen}\" and [moderation] listen = \"{queue}\" are one address; {mend}"
            ));
        }
        // A running service has bound its ports, so this error is expected.
        if let Err(error) = TcpListener::bind(queue)
            && error.kind() != ErrorKind::AddrInUse
        {
            return Finding::Wrong(format!("{queue}: {}; correct [moderation] listen", why(&error)));
        }
    }
    let url = config.service_url();
    match TcpListener::bind(listen) {
        Ok(_) => Finding::Fine(format!("{listen} is free: the service is not running; browsers reach it at {url}")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => in_use(context, listen, &url),
        Err(error) => Finding::Wrong(format!("{listen}: {}; correct [service] listen", why(&error))),
    }
}

fn in_use(context: &CheckContext, listen: SocketAddr, url: &str) -> Finding {
    match context.service() {
        Service::Runs => Finding::Fine(format!("the service runs on {listen}; browsers reach it at {url}")),
        Service::LacksForwardedFor => Finding::Warning(format!(
            "the service runs on {listen}, and the web server passes requests on without an X-Forwarded-For header: all readers share one \
             rate limit, and no network can be banned; add the header (docs/deploy.md), or take the web server out of [service] \
             trusted_proxies"
        )),
        Service::Absent => {
            Finding::Warning(format!("{listen} is in use, and nothing answers there: is something just starting, or stopping?"))
        }
        Service::Unhealthy(word) => Finding::Wrong(format!("the service runs on {listen}, and its /health says: {word}; its log says why")),
        Service::Other(what) => Finding::Wrong(format!(
            "another program has {listen} ({what}); stop it, or name another port under [service] listen and in the web server's settings"
        )),
    }
}

/// Returns whether two addresses cannot be bound both. Port 0 is any free port.
fn conflicts(one: SocketAddr, other: SocketAddr) -> bool {
    let all = one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() != 0 && one.port() == other.port() && (all || one.ip() == other.ip())
}

fn why(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
        ErrorKind::PermissionDenied => "ports below 1024 are for root; take a higher one".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn addresses_that_conflict() {
        let conflicts = |one: &str, other: &str| super::conflicts(one.parse().expect("an address"), other.parse().expect("an address"));
        assert!(
            conflicts("127.0.0.1:8100", "127.0.0.1:8100")
                && conflicts("0.0.0.0:8100", "127.0.0.1:8100")
                && conflicts("[::]:8100", "127.0.0.1:8100")
        );
        assert!(
            !conflicts("127.0.0.1:8100", "127.0.0.1:8101")
                && !conflicts("127.0.0.1:0", "127.0.0.1:0")
                && !conflicts("127.0.0.1:8100", "127.0.0.2:8100")
        );
    }
}
