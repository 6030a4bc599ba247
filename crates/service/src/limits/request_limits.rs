//! The rate limits of each kind of request.

use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::HttpRequest;
use actix_web::http::Method;
use ardoise_model::Timestamp;

use super::client::{Client, Proxies};
use super::rate_limiter::{Rate, RateLimiter};

/// The number of requests without a client address at which a warning is logged. A single one may be the owner's own check.
const WARN_AT: u32 = 2;

/// The kinds of request that are limited separately: a reader who has changed a comment often may still send another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestKind {
    /// `POST /comments` and `POST /newcomment`.
    Comment,
    /// `PATCH` and `DELETE` of a comment.
    Change,
    /// `POST /preview`, which costs time and stores nothing.
    Preview,
    /// Links in mails, and every request that has no other kind.
    Link,
    /// The moderators' pages. Moderators decide quickly.
    QueuePage,
}

pub(crate) struct RequestLimits {
    proxies: Proxies,
    comments: RateLimiter,
    changes: RateLimiter,
    previews: RateLimiter,
    links: RateLimiter,
    queue: RateLimiter,
    /// The number of requests for which a trusted proxy named no address.
    unnamed: AtomicU32,
    /// The same, since a trusted proxy last named an address.
    unnamed_since_named: AtomicU32,
    /// The number of requests from what seems to be a proxy that is not trusted.
    untrusted: AtomicU32,
}

impl RequestLimits {
    pub(crate) fn new(proxies: Proxies, rate: Rate) -> Self {
        let limiter = |factor| RateLimiter::new(rate, factor);
        let (comments, changes, previews, links, queue) = (limiter(1), limiter(1), limiter(6), limiter(6), limiter(30));
        let [unnamed, unnamed_since_named, untrusted] = [0, 0, 0].map(AtomicU32::new);
        Self { proxies, comments, changes, previews, links, queue, unnamed, unnamed_since_named, untrusted }
    }

    /// Returns the client of a request that writes. Logs a warning if the proxies seem to be misconfigured.
    pub(crate) fn client(&self, request: &HttpRequest) -> Client {
        let client = Client::of(request, &self.proxies);
        self.count_unnamed(request, client);
        if let Client::Unnamed(peer) = client
            && is_time_to_warn(&self.unnamed)
        {
            tracing::warn!(
                "requests come from {peer}, which [service] trusted_proxies names, without an X-Forwarded-For header: all readers behind \
                 it share one rate limit, and no network can be banned; add `proxy_set_header X-Forwarded-For \
                 $proxy_add_x_forwarded_for;` to every location of nginx that passes requests on (docs/deploy.md), or take {peer} out of \
                 trusted_proxies if readers reach the service from there directly"
            );
        }
        if let Some(peer) = self.proxies.untrusted_proxy(request)
            && is_time_to_warn(&self.untrusted)
        {
            tracing::warn!(
                "requests from {peer} have an X-Forwarded-For header, and [service] trusted_proxies does not name {peer}: all readers \
                 behind it count as one; add {peer} to trusted_proxies if your web server is there"
            );
        }
        client
    }

    /// Updates `unnamed_since_named`. One forwarded request with an address shows that the proxy is set up. Requests without one may be
    /// the owner's own, sent from the server itself.
    fn count_unnamed(&self, request: &HttpRequest, client: Client) {
        match client {
            Client::Unnamed(_) => drop(self.unnamed_since_named.fetch_add(1, Ordering::Relaxed)),
            Client::Address(address) if request.peer_addr().is_some_and(|peer| peer.ip().to_canonical() != address) => {
                self.unnamed_since_named.store(0, Ordering::Relaxed);
            }
            _ => {}
        }
    }

    /// Whether requests come through a trusted proxy that does not name the client.
    pub(crate) fn lacks_client_addresses(&self) -> bool {
        self.unnamed_since_named.load(Ordering::Relaxed) >= WARN_AT
    }

    /// Counts a request, or returns the seconds until another is allowed.
    pub(crate) fn check(&self, kind: RequestKind, client: Client, now: Timestamp) -> Result<(), u64> {
        let limiter = match kind {
            RequestKind::Comment => &self.comments,
            RequestKind::Change => &self.changes,
            RequestKind::Preview => &self.previews,
            RequestKind::Link => &self.links,
            RequestKind::QueuePage => &self.queue,
        };
        limiter.check(client.network(), now)
    }
}

fn is_time_to_warn(requests: &AtomicU32) -> bool {
    requests.fetch_add(1, Ordering::Relaxed) + 1 == WARN_AT
}

impl RequestKind {
    /// Returns the kind of a request that may write, or `None` for one that only reads.
    pub(crate) fn of(method: &Method, path: &str) -> Option<Self> {
        if method.is_safe() {
            return None;
        }
        Some(match path {
            "/comments" | "/newcomment" => Self::Comment,
            "/preview" => Self::Preview,
            _ if path.starts_with("/comments/") => Self::Change,
            _ if path.starts_with("/moderation/sign-in") || path.starts_with("/moderation/link/") => Self::Link,
            _ if path.starts_with("/moderation/") => Self::QueuePage,
            _ => Self::Link,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_that_may_write_has_a_kind() {
        for (method, path, kind) in [
            (Method::GET, "/comments", None),
            (Method::OPTIONS, "/comments/7k2m9q4xrt", None),
            (Method::POST, "/comments", Some(RequestKind::Comment)),
            (Method::POST, "/newcomment", Some(RequestKind::Comment)),
            (Method::PATCH, "/comments/7k2m9q4xrt", Some(RequestKind::Change)),
            (Method::DELETE, "/comments/7k2m9q4xrt", Some(RequestKind::Change)),
            (Method::POST, "/preview", Some(RequestKind::Preview)),
            (Method::POST, "/subscription/x", Some(RequestKind::Link)),
            (Method::POST, "/moderation/sign-in", Some(RequestKind::Link)),
            (Method::POST, "/moderation/link/x", Some(RequestKind::Link)),
            (Method::POST, "/moderation/decide", Some(RequestKind::QueuePage)),
            (Method::POST, "/whatever", Some(RequestKind::Link)),
        ] {
            assert_eq!(RequestKind::of(&method, path), kind, "{method} {path}");
        }
    }
}
