//! Starts the service and the moderators' own server in the test's process.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use ardoise_model::{Policy, Timestamp};
use ardoise_notify::Links;
use ardoise_service::{KeyLifetimes, ModerationSettings, Proxies, Rate, ScreeningCache, Settings, Timeouts, listen, serve};
use ardoise_store::{Store, StoreUrl};
use tempfile::TempDir;

/// The timeout of a test. It is longer than every limit set here: a connection still open by then is never closed.
pub(crate) const TEST_TIMEOUT: Duration = Duration::from_secs(60);

/// Starts both servers with short timeouts. `/health` reports the parts in `failed`. The servers run until the test process ends.
pub(crate) fn start_servers(failed: &'static [&'static str]) -> (TempDir, [SocketAddr; 2]) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::prepare(&StoreUrl::sqlite(folder.path().join("ardoise.db"))).expect("a database");
    let lifetimes = KeyLifetimes { challenge: Timestamp::HOUR, network: Timestamp::HOUR };
    let settings = Settings {
        origin: "https://blog.example.org".parse().expect("an origin"),
        title: "A blog".to_owned(),
        home: "https://blog.example.org/".to_owned(),
        tree_url: "/ardoise/".to_owned(),
        screening: ScreeningCache::new(store.clone(), Policy::default(), lifetimes),
        stacosys_redirect: None,
        proxies: Proxies::default(),
        rate: Rate { burst: 0, seconds: 0 },
        timeouts: Timeouts { request: Duration::from_millis(300), idle: Duration::from_millis(300) },
        shutdown_timeout: Duration::from_secs(1),
        failed_parts: Arc::new(move || failed.iter().map(ToString::to_string).collect()),
        log_refused_addresses: false,
        grace_millis: 0,
        links: Links {
            key: [0; 32],
            service_url: String::new(),
            moderation_url: String::new(),
            moderators: Vec::new(),
            lifetime: Timestamp::HOUR,
        },
        clock: || Timestamp(0),
        moderation: ModerationSettings {
            url: "http://127.0.0.1/".to_owned(),
            moderators: Vec::new(),
            owner: String::new(),
            notifications: None,
        },
        dev_site: None,
    };
    let any = || listen("test", "127.0.0.1:0".parse().expect("an address")).expect("a port");
    let (service, queue): (TcpListener, TcpListener) = (any(), any());
    let addresses = [&service, &queue].map(|listener| listener.local_addr().expect("an address"));
    let (ready, is_ready) = mpsc::channel();
    std::thread::spawn(move || serve(service, Some(queue), settings, store, move |_| ready.send(()).expect("the test waits")));
    is_ready.recv_timeout(TEST_TIMEOUT).expect("it serves");
    (folder, addresses)
}
