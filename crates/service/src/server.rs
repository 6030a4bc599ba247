use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::{App, HttpServer, web};
use ardoise_store::Store;

use crate::dev_site::DevSite;
use crate::limits::connection::{self, Timeouts};
use crate::middleware::cross_origin::{cors, refuse_foreign};
use crate::middleware::rate_limit::limit_rate;
use crate::middleware::request_timeout::limit_time;
use crate::moderation::ModerationState;
use crate::settings::Settings;
use crate::state::AppState;
use crate::{routes, signals};

/// The number of worker threads. A blog's comments need no more, and each costs memory.
const WORKERS: usize = 2;
/// The number of blocking threads of each worker. `/health` needs one, the files of `ardoise dev` the others. Submissions need none.
const BLOCKING_THREADS: usize = 8;
/// The maximum number of connections of each worker.
const MAX_CONNECTIONS: usize = 10_000;
/// The idle timeout with `ardoise dev`. A paused video of the site stops reading, and must continue later.
const DEV_IDLE: Duration = Duration::from_secs(24 * 60 * 60);

/// Binds a listener for [`serve`]. Errors name `setting`, the setting that holds the address. Port 0 takes any free port.
pub fn listen(setting: &str, address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| {
        let remedy = if error.kind() == io::ErrorKind::AddrInUse {
            "another program has it, perhaps another Ardoise; name another port"
        } else {
            "correct it"
        };
        io::Error::new(error.kind(), format!("{setting} = \"{address}\": {error}; {remedy}"))
    })
}

/// Serves until SIGTERM or SIGINT, then lets requests in flight finish. Blocks. With a listener for `moderation`, the moderators' pages
/// have a server of their own; otherwise they are part of the main one.
///
/// Calls `ready` with the address as soon as connections are accepted.
pub fn serve(
    listener: TcpListener,
    moderation: Option<TcpListener>,
    settings: Settings,
    store: Store,
    ready: impl FnOnce(SocketAddr),
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let shutdown_timeout = settings.shutdown_timeout.as_secs();
    let dev_site = settings.dev_site.clone();
    let moderation_state = web::Data::new(ModerationState::new(&settings, store.clone()));
    let state = web::Data::new(AppState::new(settings, store));
    actix_web::rt::System::new().block_on(async move {
        let moderation_server =
            moderation.map(|listener| start_moderation(listener, &state, &moderation_state, shutdown_timeout)).transpose()?;
        let pages_here = moderation_server.is_none().then_some(moderation_state);
        let server = start_main(listener, &state, pages_here, dev_site, shutdown_timeout)?;
        let handles: Vec<_> = moderation_server.iter().chain([&server]).map(Server::handle).collect();
        let is_stopping = signals::stop_on_signal(&handles)?;
        ready(address);
        let moderation_task = moderation_server.map(|moderation| actix_web::rt::spawn(stop_together(moderation, server.handle())));
        server.await?;
        if let Some(task) = moderation_task {
            task.await.map_err(io::Error::other)??;
        }
        // An unexpected end is an error: service managers restart a process that fails, not one that succeeds.
        if is_stopping.load(Ordering::Relaxed) {
            Ok(())
        } else {
            Err(io::Error::other("the HTTP server ended, although no signal asked it to stop"))
        }
    })
}

/// Runs the moderators' server and stops the main one when it ends, for whatever reason. A service of which only half works would look
/// healthy.
async fn stop_together(moderation: Server, main: ServerHandle) -> io::Result<()> {
    let result = moderation.await;
    main.stop(true).await;
    result
}

fn start_main(
    listener: TcpListener,
    state: &web::Data<AppState>,
    moderation: Option<web::Data<ModerationState>>,
    dev_site: Option<DevSite>,
    shutdown_timeout: u64,
) -> io::Result<Server> {
    let timeouts = if dev_site.is_some() { Timeouts { idle: DEV_IDLE, ..state.timeouts } } else { state.timeouts };
    let state = state.clone();
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(limit_rate))
            .wrap(from_fn(limit_time))
            .wrap(cors(&state.origin, state.is_dev))
            .wrap(from_fn(refuse_foreign))
            .wrap(DefaultHeaders::new().add(("X-Content-Type-Options", "nosniff")).add(("Referrer-Policy", "same-origin")))
            .configure(|app| routes::configure_main(app, &state, moderation.as_ref(), dev_site.as_ref()))
    });
    let server = server
        .on_connect(connection::on_connect(timeouts))
        .workers(WORKERS)
        .worker_max_blocking_threads(BLOCKING_THREADS)
        .max_connections(MAX_CONNECTIONS)
        .shutdown_timeout(shutdown_timeout)
        .disable_signals();
    Ok(server.listen(listener)?.run())
}

fn start_moderation(
    listener: TcpListener,
    state: &web::Data<AppState>,
    moderation: &web::Data<ModerationState>,
    shutdown_timeout: u64,
) -> io::Result<Server> {
    let (state, moderation, timeouts) = (state.clone(), moderation.clone(), state.timeouts);
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(limit_rate))
            .wrap(from_fn(limit_time))
            .configure(|app| routes::configure_moderation(app, &state, &moderation))
    });
    let server = server
        .on_connect(connection::on_connect(timeouts))
        .workers(1)
        .worker_max_blocking_threads(BLOCKING_THREADS)
        .max_connections(MAX_CONNECTIONS)
        .shutdown_timeout(shutdown_timeout)
        .disable_signals();
    Ok(server.listen(listener)?.run())
}
