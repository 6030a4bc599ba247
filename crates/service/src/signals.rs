//! Signals that would end the process by default, though nobody who sends them wants that of a service.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;

use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use actix_web::rt::signal::unix::{SignalKind, signal};

type Kind = fn() -> SignalKind;

/// Signals with what is logged when they come. SIGPIPE is ignored by the standard library already; SIGTERM, SIGINT and SIGQUIT stop.
const SURVIVED: [(Kind, &str); 5] = [
    (SignalKind::hangup, "SIGHUP: the settings are not read again; restart the service after a change"),
    (SignalKind::user_defined1, "SIGUSR1 means nothing here"),
    (SignalKind::user_defined2, "SIGUSR2 means nothing here"),
    (SignalKind::alarm, "SIGALRM means nothing here"),
    (SignalKind::io, "SIGIO means nothing here"),
];

/// From when this returns, these signals are no more than a line in the log, for as long as the process runs.
pub fn survive_signals() -> io::Result<()> {
    let (sender, registered) = sync_channel(1);
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        System::new().block_on(async move {
            let signals: io::Result<Vec<_>> = SURVIVED.iter().map(|(kind, line)| Ok((signal(kind())?, *line))).collect();
            let signals = match signals {
                Ok(signals) => signals,
                // It is received below.
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

/// Stops the servers at a signal that asks the process to stop: SIGTERM lets requests in flight finish, SIGINT and SIGQUIT do not. The flag
/// is set before the first server hears of it, so that whoever sees a server end knows whether it was asked to.
pub(crate) fn stop_when_asked(servers: &[ServerHandle]) -> io::Result<Arc<AtomicBool>> {
    let asked = Arc::<AtomicBool>::default();
    for (kind, graceful) in [(SignalKind::terminate(), true), (SignalKind::interrupt(), false), (SignalKind::quit(), false)] {
        let (mut signal, asked, servers) = (signal(kind)?, asked.clone(), servers.to_vec());
        actix_web::rt::spawn(async move {
            signal.recv().await;
            asked.store(true, Ordering::Relaxed);
            for server in servers {
                drop(server.stop(graceful));
            }
        });
    }
    Ok(asked)
}
