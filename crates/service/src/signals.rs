//! Signal handling. Some signals end a process by default, although a service should survive them.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;

use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use actix_web::rt::signal::unix::{SignalKind, signal};

type SignalConstructor = fn() -> SignalKind;

/// The signals that are logged and otherwise ignored, with their log lines. The standard library ignores SIGPIPE. SIGTERM, SIGINT and
/// SIGQUIT stop the service.
const IGNORED: [(SignalConstructor, &str); 5] = [
    (SignalKind::hangup, "SIGHUP: the settings are not read again; restart the service after a change"),
    (SignalKind::user_defined1, "SIGUSR1 is ignored"),
    (SignalKind::user_defined2, "SIGUSR2 is ignored"),
    (SignalKind::alarm, "SIGALRM is ignored"),
    (SignalKind::io, "SIGIO is ignored"),
];

/// Starts a thread that logs these signals, so that they do not end the process. The handlers are registered when this returns.
pub fn survive_signals() -> io::Result<()> {
    let (sender, registered) = sync_channel(1);
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        System::new().block_on(async move {
            let signals: io::Result<Vec<_>> = IGNORED.iter().map(|(kind, line)| Ok((signal(kind())?, *line))).collect();
            let signals = match signals {
                Ok(signals) => signals,
                // The caller receives the error below.
                Err(error) => return drop(sender.send(Err(error))),
            };
            for (mut signal, line) in signals {
                actix_web::rt::spawn(async move {
                    while signal.recv().await.is_some() {
                        tracing::warn!("{line}");
                    }
                });
            }
            drop(sender.send(Ok(())));
            std::future::pending::<()>().await;
        });
    })?;
    registered.recv().map_err(io::Error::other)?
}

/// Stops the servers when the process receives SIGTERM, which lets requests in flight finish, or SIGINT or SIGQUIT, which do not. The
/// returned flag is set before the first server stops, so that a server that ends by itself can be told from one that was stopped.
pub(crate) fn stop_on_signal(servers: &[ServerHandle]) -> io::Result<Arc<AtomicBool>> {
    let is_stopping = Arc::<AtomicBool>::default();
    for (kind, graceful) in [(SignalKind::terminate(), true), (SignalKind::interrupt(), false), (SignalKind::quit(), false)] {
        let (mut signal, is_stopping, servers) = (signal(kind)?, is_stopping.clone(), servers.to_vec());
        actix_web::rt::spawn(async move {
            signal.recv().await;
            is_stopping.store(true, Ordering::Relaxed);
            for server in servers {
                drop(server.stop(graceful));
            }
        });
    }
    Ok(is_stopping)
}
