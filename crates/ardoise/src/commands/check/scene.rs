use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::OnceLock;
use std::time::Duration;

use ardoise_generator::SiteSurvey;
use ardoise_notify::{RequestError, Response, request};
use ardoise_store::{Store, StoreError};

use crate::config::Config;

/// How long an address may take to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// What several checks look at: each part is made by the first that needs it.
pub(super) struct Scene {
    pub(super) config: Config,
    survey: OnceLock<Option<Result<SiteSurvey, String>>>,
    store: OnceLock<Option<Result<Store, StoreError>>>,
    service: OnceLock<Service>,
}

/// What is where the service is to listen.
#[derive(Debug, Clone)]
pub(super) enum Service {
    /// Nothing, so it does not run.
    Absent,
    /// The service, as its `/health` says.
    Runs,
    /// The service, which is not told for whom a trusted proxy asks.
    LacksNames,
    /// The service, which says that something is wrong.
    Ails(String),
    /// Another program.
    Other(String),
}

impl Scene {
    pub(super) fn new(config: Config) -> Self {
        Self { config, survey: OnceLock::new(), store: OnceLock::new(), service: OnceLock::new() }
    }

    /// What the built site has. `None`: the settings name no built site.
    pub(super) fn survey(&self) -> Option<&Result<SiteSurvey, String>> {
        let survey =
            |built: std::path::PathBuf| ardoise_generator::survey(&built, &self.config.site.origin).map_err(|error| error.to_string());
        self.survey.get_or_init(|| self.config.built().map(survey)).as_ref()
    }

    /// The database, opened. `None`: it does not exist yet, and looking makes none.
    pub(super) fn store(&self) -> Option<&Result<Store, StoreError>> {
        self.store
            .get_or_init(|| match Store::open(&self.config.store_url()) {
                Err(StoreError::NoDatabase) => None,
                opened => Some(opened),
            })
            .as_ref()
    }

    /// What answers where the settings have the service listen.
    pub(super) fn service(&self) -> &Service {
        self.service.get_or_init(|| at(self.config.service.listen))
    }

    /// Whether the service runs on this machine, as these settings have it.
    pub(super) fn service_runs(&self) -> bool {
        matches!(self.service(), Service::Runs | Service::LacksNames | Service::Ails(_))
    }
}

fn at(listen: SocketAddr) -> Service {
    let other = |what: String| Service::Other(what);
    match request("GET", &format!("http://{}/health", reachable(listen)), PATIENCE) {
        Ok(Response { status, body, .. }) => match health(&body) {
            Some(Health { status: word, lacks }) if status == 200 && word == "ok" => lacks.map_or(Service::Runs, |_| Service::LacksNames),
            Some(Health { status: word, .. }) => Service::Ails(word),
            None => other(format!("it answers {status} to /health, as no Ardoise does")),
        },
        Err(RequestError(why)) if why.contains("refused") => Service::Absent,
        Err(RequestError(why)) => other(why),
    }
}

/// What the service says of itself.
#[derive(serde::Deserialize)]
struct Health {
    status: String,
    lacks: Option<String>,
}

fn health(body: &[u8]) -> Option<Health> {
    serde_json::from_slice(body).ok()
}

/// An address to listen on may stand for all of the machine's.
pub(super) fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
