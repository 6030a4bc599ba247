use std::net::IpAddr;

use ardoise_notify::{RequestError, Response, request};

use super::context::{CheckContext, TIMEOUT};
use super::finding::Finding;

/// Checks that browsers reach the moderators' queue, and over an encrypted connection.
pub(super) fn check(context: &CheckContext) -> Finding {
    let config = &context.config;
    let url = config.moderation_url();
    // The session cookie may be sent unencrypted only to this machine.
    if url.strip_prefix("http://").is_some_and(|rest| !is_here(rest)) {
        let mend = "correct [service] url or [moderation] url";
        return Finding::Wrong(format!("{url} is not https: whoever listens on the way could decide too; {mend}"));
    }
    let where_to = config.moderation.listen.map(|address| format!(", which listens on {address}")).unwrap_or_default();
    let location = format!("the queue is at {url}moderation{where_to}");
    if !context.service_runs() && config.moderation.url.is_empty() {
        return Finding::Fine(location);
    }
    match request("GET", &format!("{url}moderation"), TIMEOUT) {
        Ok(Response { location: Some(to), .. }) if to.ends_with("/moderation/sign-in") => Finding::Fine(location),
        Ok(Response { status, .. }) => unreachable(&url, &format!("it answers {status}")),
        Err(RequestError(why)) => unreachable(&url, &why),
    }
}

/// Returns a warning, not a failure: the queue may be closed on purpose, and comments be moderated by mail or on the command line.
fn unreachable(url: &str, why: &str) -> Finding {
    Finding::Warning(format!(
        "browsers do not find the queue at {url}moderation: {why}; let the web server pass /moderation on (docs/moderation.md), or name another way under [moderation] url"
    ))
}

fn is_here(rest: &str) -> bool {
    let host = rest.split('/').next().unwrap_or_default();
    let host = host.strip_prefix('[').map_or_else(|| host.split(':').next(), |host| host.split(']').next()).unwrap_or_default();
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_this_machine_may_be_reached_without_tls() {
        assert!(["localhost/", "127.0.0.1:8100/", "[::1]:8100/"].into_iter().all(super::is_here));
        assert!(["localhost.example/", "10.0.0.1/", "[2001:db8::1]/", ""].into_iter().all(|rest| !super::is_here(rest)));
    }
}
