use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::OnceLock;
use std::time::Duration;

use ardoise_generator::SiteSurvey;
use ardoise_notify::{RequestError, Response, request};
use ardoise_store::{Store, StoreError};

use crate::config::Config;

/// The time limit of an HTTP request.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);

/// What several checks share. Each part is created by the first check that needs it.
pub(super) struct CheckContext {
    pub(super) config: Config,
    survey: OnceLock<Option<Result<SiteSurvey, String>>>,
    store: OnceLock<Option<Result<Store, StoreError>>>,
    service: OnceLock<Service>,
}

/// What listens on the address of the service.
#[derive(Debug, Clone)]
pub(super) enum Service {
    /// Nothing: the service does not run.
    Absent,
    /// The service; its `/health` reports no problem.
    Runs,
    /// The service; a trusted proxy sends it no `X-Forwarded-For`.
    LacksForwardedFor,
    /// The service; its `/health` reports this problem.
    Unhealthy(String),
    /// Another program.
    Other(String),
}

impl CheckContext {
    pub(super) fn new(config: Config) -> Self {
        Self { config, survey: OnceLock::new(), store: OnceLock::new(), service: OnceLock::new() }
    }

    /// Returns what is on the pages of the built site. `None`: the settings name no built site.
    pub(super) fn survey(&self) -> Option<&Result<SiteSurvey, String>> {
        let survey =
            |built: std::path::PathBuf| ardoise_generator::survey(&built, &self.config.site.origin).map_err(|error| error.to_string());
        self.survey.get_or_init(|| self.config.built().map(survey)).as_ref()
    }

    /// Opens the database. `None`: it does not exist yet, and none is created.
    pub(super) fn store(&self) -> Option<&Result<Store, StoreError>> {
        self.store
            .get_or_init(|| match Store::open(&self.config.store_url()) {
                Err(StoreError::NoDatabase) => None,
                opened => Some(opened),
            })
            .as_ref()
    }

    /// Returns what listens on the address of the service.
    pub(super) fn service(&self) -> &Service {
        self.service.get_or_init(|| find_service(self.config.service.listen))
    }

    /// Returns whether the service runs on the address in the settings.
    pub(super) fn service_runs(&self) -> bool {
        matches!(self.service(), Service::Runs | Service::LacksForwardedFor | Service::Unhealthy(_))
    }
}

fn find_service(listen: SocketAddr) -> Service {
    let other = |what: String| Service::Other(what);
    match request("GET", &format!("http://{}/health", reachable(listen)), TIMEOUT) {
        Ok(Response { status, body, .. }) => match health(&body) {
            Some(Health { status: word, lacks }) if status == 200 && word == "ok" => {
                lacks.map_or(Service::Runs, |_| Service::LacksForwardedFor)
            }
            Some(Health { status: word, .. }) => Service::Unhealthy(word),
            None => other(format!("it answers {status} to /health, as no Ardoise does")),
        },
        Err(RequestError(why)) if why.contains("refused") => Service::Absent,
        Err(RequestError(why)) => other(why),
    }
}

/// The body of `/health`.
#[derive(serde::Deserialize)]
struct Health {
    status: String,
    lacks: Option<String>,
}

fn health(body: &[u8]) -> Option<Health> {
    serde_json::from_slice(body).ok()
}

/// Returns an address to connect to: the loopback address if `listen` stands for all addresses of the machine.
pub(super) fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
