use std::net::IpAddr;

use ardoise_notify::{RequestError, Response, request};

use super::outcome::Outcome;
use super::scene::{PATIENCE, Scene};

/// Where moderators decide: that it is there, and that nobody on the way can read along.
pub(super) fn look(scene: &Scene) -> Outcome {
    let config = &scene.config;
    let url = config.moderation_url();
    // Its cookie goes over the wire: in the open only where the wire is short.
    if url.strip_prefix("http://").is_some_and(|rest| !is_here(rest)) {
        let mend = "correct [service] url or [moderation] url";
        return Outcome::Wrong(format!("{url} is not https: whoever listens on the way could decide too; {mend}"));
    }
    let where_to = config.moderation.listen.map(|address| format!(", which listens on {address}")).unwrap_or_default();
    let said = format!("the queue is at {url}moderation{where_to}");
    if !scene.service_runs() && config.moderation.url.is_empty() {
        return Outcome::Fine(said);
    }
    match request("GET", &format!("{url}moderation"), PATIENCE) {
        Ok(Response { location: Some(to), .. }) if to.ends_with("/moderation/sign-in") => Outcome::Fine(said),
        Ok(Response { status, .. }) => unreachable(&url, &format!("it answers {status}")),
        Err(RequestError(why)) => unreachable(&url, &why),
    }
}

/// Somebody may moderate by mail or on the command line alone, and keep the queue from the world.
fn unreachable(url: &str, why: &str) -> Outcome {
    Outcome::Warning(format!(
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
    fn only_this_machine_is_near_enough() {
        assert!(["localhost/", "127.0.0.1:8100/", "[::1]:8100/"].into_iter().all(super::is_here));
        assert!(["localhost.example/", "10.0.0.1/", "[2001:db8::1]/", ""].into_iter().all(|rest| !super::is_here(rest)));
    }
}
