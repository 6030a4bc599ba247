use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};

use super::outcome::Outcome;
use super::scene::{Scene, Service};

/// Where the service and the queue listen.
pub(super) fn look(scene: &Scene) -> Outcome {
    let config = &scene.config;
    let listen = config.service.listen;
    if let Some(queue) = config.moderation.listen {
        if meet(listen, queue) {
            let mend = "give the queue another port, or leave [moderation] listen out: it then is where the service is";
            return Outcome::Wrong(format!(
                "[service] listen = \"{listen}\" and [moderation] listen = \"{queue}\" are one address; {mend}"
            ));
        }
        // A running service holds its ports, and that is as it should be.
        if let Err(error) = TcpListener::bind(queue)
            && error.kind() != ErrorKind::AddrInUse
        {
            return Outcome::Wrong(format!("{queue}: {}; correct [moderation] listen", why(&error)));
        }
    }
    let url = config.service_url();
    match TcpListener::bind(listen) {
        Ok(_) => Outcome::Fine(format!("{listen} is free: the service is not running; browsers reach it at {url}")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => in_use(scene, listen, &url),
        Err(error) => Outcome::Wrong(format!("{listen}: {}; correct [service] listen", why(&error))),
    }
}

fn in_use(scene: &Scene, listen: SocketAddr, url: &str) -> Outcome {
    match scene.service() {
        Service::Runs => Outcome::Fine(format!("the service runs on {listen}; browsers reach it at {url}")),
        Service::LacksNames => Outcome::Warning(format!(
            "the service runs on {listen}, and the web server passes requests on without an X-Forwarded-For header: all readers share one \
             rate limit, and no network can be banned; add the header (docs/deploy.md), or take the web server out of [service] \
             trusted_proxies"
        )),
        Service::Absent => {
            Outcome::Warning(format!("{listen} is in use, and nothing answers there: is something just starting, or stopping?"))
        }
        Service::Ails(word) => Outcome::Wrong(format!("the service runs on {listen}, and its /health says: {word}; its log says why")),
        Service::Other(what) => Outcome::Wrong(format!(
            "another program has {listen} ({what}); stop it, or name another port under [service] listen and in the web server's settings"
        )),
    }
}

/// Whether one of two addresses keeps the other from being listened on. Port 0 is any free one.
fn meet(one: SocketAddr, other: SocketAddr) -> bool {
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
    fn addresses_that_keep_each_other_out() {
        let meet = |one: &str, other: &str| super::meet(one.parse().expect("an address"), other.parse().expect("an address"));
        assert!(meet("127.0.0.1:8100", "127.0.0.1:8100") && meet("0.0.0.0:8100", "127.0.0.1:8100") && meet("[::]:8100", "127.0.0.1:8100"));
        assert!(
            !meet("127.0.0.1:8100", "127.0.0.1:8101") && !meet("127.0.0.1:0", "127.0.0.1:0") && !meet("127.0.0.1:8100", "127.0.0.2:8100")
        );
    }
}
