//! Limits on how often a network may send what writes. Comments are counted where they are checked (`take.rs`), all else before its
//! handler: a new route is limited without being named here.

use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{HttpResponse, web};
use ardoise_model::Timestamp;

use crate::client::Client;
use crate::rate::{self, Meter, Rate};
use crate::service::Service;
use crate::trouble::Trouble;
use crate::{Proxies, answer, letter, take};

/// At which request without a name the log says so. One alone may be the owner's own, to see whether the service is there.
const TELLING: u32 = 2;

/// What is limited apart from each other: a reader who has changed a comment often may still send another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `POST /comments` and `POST /newcomment`.
    Comment,
    /// `PATCH` and `DELETE` of a comment.
    Change,
    /// `POST /preview`, which costs time and stores nothing.
    Preview,
    /// Links in mails, and what has no other kind.
    Link,
    /// The queue: a moderator decides quickly.
    QueuePage,
}

pub(crate) struct Limits {
    proxies: Proxies,
    comments: Meter,
    changes: Meter,
    previews: Meter,
    links: Meter,
    queue: Meter,
    /// How many requests came through a proxy that named nobody.
    unnamed: AtomicU32,
    /// The same since a proxy that is believed named somebody.
    unnamed_of_late: AtomicU32,
    /// How many requests came through what seems to be a proxy, and is not believed.
    unlisted: AtomicU32,
}

impl Limits {
    pub(crate) fn new(proxies: Proxies, rate: Rate) -> Self {
        let meter = |factor| Meter::new(rate, factor);
        let (comments, changes, previews, links, queue) = (meter(1), meter(1), meter(6), meter(6), meter(30));
        let [unnamed, unnamed_of_late, unlisted] = [0, 0, 0].map(AtomicU32::new);
        Self { proxies, comments, changes, previews, links, queue, unnamed, unnamed_of_late, unlisted }
    }

    /// Where a request that writes comes from.
    pub(crate) fn client(&self, request: &actix_web::HttpRequest) -> Client {
        let client = Client::of(request, &self.proxies);
        self.note_names(request, client);
        if let Client::Unnamed(peer) = client
            && is_time_to_tell(&self.unnamed)
        {
            tracing::warn!(
                "requests come from {peer}, which [service] trusted_proxies names, without an X-Forwarded-For header: all readers behind \
                 it share one rate limit, and no network can be banned; add `proxy_set_header X-Forwarded-For \
                 $proxy_add_x_forwarded_for;` to every location of nginx that passes requests on (docs/deploy.md), or take {peer} out of \
                 trusted_proxies if readers reach the service from there directly"
            );
        }
        if let Some(peer) = self.proxies.unlisted(request)
            && is_time_to_tell(&self.unlisted)
        {
            tracing::warn!(
                "requests from {peer} say in X-Forwarded-For for whom they ask, and [service] trusted_proxies does not name it: all readers \
                 behind it count as one; add {peer} to trusted_proxies if your web server is there"
            );
        }
        client
    }

    /// One request that was passed on with a name shows that the proxy is set up; those without may be the owner's own.
    fn note_names(&self, request: &actix_web::HttpRequest, client: Client) {
        match client {
            Client::Unnamed(_) => drop(self.unnamed_of_late.fetch_add(1, Ordering::Relaxed)),
            Client::At(address) if request.peer_addr().is_some_and(|peer| peer.ip().to_canonical() != address) => {
                self.unnamed_of_late.store(0, Ordering::Relaxed);
            }
            _ => {}
        }
    }

    /// Whether requests come through a proxy that is believed, and says for nobody that it asks.
    pub(crate) fn lack_names(&self) -> bool {
        self.unnamed_of_late.load(Ordering::Relaxed) >= TELLING
    }

    /// Counts a request; or says in how many seconds another may come.
    pub(crate) fn count(&self, kind: Kind, client: Client, now: Timestamp) -> Result<(), u64> {
        let meter = match kind {
            Kind::Comment => &self.comments,
            Kind::Change => &self.changes,
            Kind::Preview => &self.previews,
            Kind::Link => &self.links,
            Kind::QueuePage => &self.queue,
        };
        meter.count(client.network(), now)
    }
}

fn is_time_to_tell(requests: &AtomicU32) -> bool {
    requests.fetch_add(1, Ordering::Relaxed) + 1 == TELLING
}

impl Kind {
    /// None: the request changes nothing.
    fn of(method: &Method, path: &str) -> Option<Self> {
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

/// Refuses what comes too often, before its handler sees it.
pub(crate) async fn limited(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody + 'static>, actix_web::Error> {
    // Routes are chosen by this form of the path, in which no letter is escaped.
    let kind = Kind::of(request.method(), request.match_info().as_str()).filter(|kind| *kind != Kind::Comment);
    let refused = kind.zip(request.app_data::<web::Data<Service>>()).and_then(|(kind, service)| refuse(kind, service, request.request()));
    match refused {
        Some(response) => Ok(request.into_response(response).map_into_right_body()),
        None => Ok(next.call(request).await?.map_into_left_body()),
    }
}

fn refuse(kind: Kind, service: &Service, request: &actix_web::HttpRequest) -> Option<HttpResponse> {
    let client = service.limits.client(request);
    let seconds = service.limits.count(kind, client, (service.clock)()).err()?;
    tracing::info!(layer = rate::NAME, ?kind, "request refused: too many from one network");
    take::name(service, client, rate::NAME);
    Some(match kind {
        Kind::Link | Kind::QueuePage => letter::limited(request, seconds),
        _ => answer::problem(&Trouble::TooMany(seconds)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_may_write_has_a_kind() {
        for (method, path, kind) in [
            (Method::GET, "/comments", None),
            (Method::OPTIONS, "/comments/7k2m9q4xrt", None),
            (Method::POST, "/comments", Some(Kind::Comment)),
            (Method::POST, "/newcomment", Some(Kind::Comment)),
            (Method::PATCH, "/comments/7k2m9q4xrt", Some(Kind::Change)),
            (Method::DELETE, "/comments/7k2m9q4xrt", Some(Kind::Change)),
            (Method::POST, "/preview", Some(Kind::Preview)),
            (Method::POST, "/subscription/x", Some(Kind::Link)),
            (Method::POST, "/moderation/sign-in", Some(Kind::Link)),
            (Method::POST, "/moderation/link/x", Some(Kind::Link)),
            (Method::POST, "/moderation/decide", Some(Kind::QueuePage)),
            (Method::POST, "/whatever", Some(Kind::Link)),
        ] {
            assert_eq!(Kind::of(&method, path), kind, "{method} {path}");
        }
    }
}
