use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_cors::Cors;
use actix_multipart::form::MultipartFormConfig;
use actix_web::dev::{Server, ServerHandle};
use actix_web::http::{Method, header};
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::{App, HttpServer, web};
use ardoise_model::{Origin, Timestamp};
use ardoise_notify::Links;
use ardoise_store::Store;

use crate::deadline::{self, Timeouts, in_time};
use crate::foreign;
use crate::limits::limited;
use crate::moderation::{self, Desk};
use crate::service::Service;
use crate::{DevSite, FailedParts, Proxies, Rate, ScreeningCache, comments, health, letter, newcomment, own, preview, reading, signals};

/// The largest request body, in bytes: the longest comment, with every character escaped as a form does it.
const MOST_BYTES: usize = 128 * 1024;
/// A blog's comments need no more threads, and each costs memory.
const WORKERS: usize = 2;
/// Threads that wait for the store or the disk, for each worker: `/health` needs one, and the files of `ardoise dev`. Submissions need
/// none.
const WAITING: usize = 8;
/// Connections at a time, for each worker. An idle one is closed after five seconds.
const CONNECTIONS: usize = 10_000;

/// What the service has to know.
#[derive(Clone)]
pub struct Settings {
    /// Where readers read, and whom CORS lets in.
    pub origin: Origin,
    /// The site's name.
    pub title: String,
    /// The URL of the site's first page.
    pub home: String,
    /// Where readers find the published tree, as URL or as path on the origin. It ends in `/`.
    pub tree_url: String,
    /// What becomes of submissions, and what must be known for it.
    pub keeper: ScreeningCache,
    /// Where Stacosys' form leads, as URL or as path on the origin. None: back to the article.
    pub stacosys_redirect: Option<String>,
    /// Whose word is taken for where a comment comes from.
    pub proxies: Proxies,
    /// How many comments may come from one network.
    pub rate: Rate,
    /// How long connections may take.
    pub patience: Timeouts,
    /// The addresses of robots are logged, for those who shut them out.
    pub log_refused_addresses: bool,
    /// For how long a comment is its author's to change, in milliseconds; 0: it is not.
    pub grace: i64,
    /// Reads the links in mails.
    pub links: Links,
    /// The time.
    pub clock: fn() -> Timestamp,
    /// Who decides on comments, and where.
    pub moderation: moderation::Settings,
    /// The site itself, to be served as well.
    pub local: Option<DevSite>,
    /// How long requests in flight may take to finish after SIGTERM.
    pub farewell: Duration,
    /// The parts of the program that do not work just now, for `/health`.
    pub down: FailedParts,
}

/// Takes an address for [`serve`]; `setting` is where it was given. Port 0 takes any free one.
pub fn listen(setting: &str, address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| {
        let mend = if error.kind() == io::ErrorKind::AddrInUse {
            "another program has it, perhaps another Ardoise; name another port"
        } else {
            "correct it"
        };
        io::Error::new(error.kind(), format!("{setting} = \"{address}\": {error}; {mend}"))
    })
}

/// Serves until SIGTERM or SIGINT, then lets requests in flight finish. Blocks. The moderators' queue has an address of its own, or
/// is where everything is.
///
/// `ready` is told the address as soon as connections are accepted.
pub fn serve(
    listener: TcpListener,
    moderation: Option<TcpListener>,
    settings: Settings,
    store: Store,
    ready: impl FnOnce(SocketAddr),
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let known_articles_only = settings.keeper.policy().known_articles_only;
    let desk = Desk::new(settings.moderation.clone(), store.clone(), settings.origin.clone(), known_articles_only, settings.clock);
    let desk = web::Data::new(desk);
    let (local, patience, farewell) = (settings.local.clone(), settings.patience, settings.farewell.as_secs());
    let service = Service::new(settings, store);
    let service = web::Data::new(service);
    actix_web::rt::System::new().block_on(async move {
        let apart = moderation.map(|listener| moderators(listener, (desk.clone(), service.clone()), farewell)).transpose()?;
        let here = apart.is_none().then_some(desk);
        // A video of the site that is paused is not read on: `ardoise dev` serves those too, and on this machine alone.
        let patience = if local.is_some() { Timeouts { idle: Duration::from_secs(24 * 60 * 60), ..patience } } else { patience };
        let server = HttpServer::new(move || {
            App::new()
                .wrap(from_fn(limited))
                .wrap(from_fn(in_time))
                .wrap(cors(&service.origin, service.is_tried_out))
                .wrap(from_fn(foreign::refused))
                .wrap(DefaultHeaders::new().add(("X-Content-Type-Options", "nosniff")).add(("Referrer-Policy", "same-origin")))
                .configure(|app| routes(app, &service, here.as_ref(), local.as_ref()))
        })
        .on_connect(deadline::begin(patience))
        .workers(WORKERS)
        .worker_max_blocking_threads(WAITING)
        .max_connections(CONNECTIONS)
        .shutdown_timeout(farewell)
        .disable_signals()
        .listen(listener)?
        .run();
        let handles: Vec<_> = apart.iter().chain([&server]).map(Server::handle).collect();
        let asked = signals::stop_when_asked(&handles)?;
        ready(address);
        let apart = apart.map(|apart| actix_web::rt::spawn(together(apart, server.handle())));
        server.await?;
        if let Some(apart) = apart {
            apart.await.map_err(io::Error::other)??;
        }
        // A service manager restarts what has failed, and not what has ended.
        if asked.load(Ordering::Relaxed) { Ok(()) } else { Err(io::Error::other("the HTTP server ended, though nobody asked it to")) }
    })
}

/// Runs the queue's server. When it ends, for whatever reason, the other one ends too: half a service would look like a whole one.
async fn together(apart: Server, other: ServerHandle) -> io::Result<()> {
    let ended = apart.await;
    other.stop(true).await;
    ended
}

/// The queue on an address of its own.
fn moderators(listener: TcpListener, (desk, service): (web::Data<Desk>, web::Data<Service>), farewell: u64) -> io::Result<Server> {
    let patience = service.patience;
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(limited))
            .wrap(from_fn(in_time))
            .app_data(service.clone())
            .app_data(web::PayloadConfig::new(MOST_BYTES))
            .configure(letter::for_moderators)
            .configure(|app| moderation::configure(app, &desk))
            .default_service(web::to(moderation::elsewhere))
    });
    let server = server
        .on_connect(deadline::begin(patience))
        .workers(1)
        .worker_max_blocking_threads(WAITING)
        .max_connections(CONNECTIONS)
        .shutdown_timeout(farewell)
        .disable_signals();
    Ok(server.listen(listener)?.run())
}

fn routes(app: &mut web::ServiceConfig, service: &web::Data<Service>, desk: Option<&web::Data<Desk>>, local: Option<&DevSite>) {
    app.app_data(service.clone())
        .app_data(web::PayloadConfig::new(MOST_BYTES))
        .app_data(MultipartFormConfig::default().total_limit(MOST_BYTES).memory_limit(MOST_BYTES))
        .service(web::resource("/comments").route(web::post().to(comments::post)).default_service(web::to(reading::refuse)))
        .service(
            web::resource("/comments/{id}")
                .route(web::patch().to(own::patch))
                .route(web::delete().to(own::delete))
                .default_service(web::to(reading::refuse)),
        )
        .service(web::resource("/preview").route(web::post().to(preview::post)).default_service(web::to(reading::refuse)))
        .service(
            web::resource("/newcomment")
                .route(web::post().guard(actix_web::guard::fn_guard(newcomment::is_multipart)).to(newcomment::post_multipart))
                .route(web::post().to(newcomment::post))
                .default_service(web::to(reading::refuse)),
        )
        .service(web::resource("/health").route(web::get().to(health::get)).route(web::head().to(health::get)));
    letter::for_readers(app);
    if let Some(desk) = desk {
        letter::for_moderators(app);
        moderation::configure(app, desk);
        app.route("/moderation/{rest:.*}", web::get().to(moderation::elsewhere));
    }
    match local {
        Some(local) => local.serve(app, &service.tree_url),
        None => drop(app.default_service(web::to(reading::refuse))),
    }
}

/// Pages of the site alone may send with a script. Where the site is tried out, so may the pages that a site generator's own server shows
/// on this machine, on whatever port.
fn cors(origin: &Origin, is_tried_out: bool) -> Cors {
    let cors = origin.names().fold(Cors::default(), Cors::allowed_origin);
    let cors = if is_tried_out { cors.allowed_origin_fn(|origin, _| origin.to_str().is_ok_and(foreign::is_local)) } else { cors };
    cors.allowed_methods([Method::POST, Method::PATCH, Method::DELETE])
        .allowed_headers([header::CONTENT_TYPE, header::AUTHORIZATION])
        .max_age(24 * 60 * 60)
}
