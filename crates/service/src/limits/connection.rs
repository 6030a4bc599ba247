//! Time limits of a connection. actix limits the time of the first request's head and of an idle connection. It does not limit a body
//! that continues after its response, the head of a later request, or a client that does not read what it is sent.

use std::any::Any;
use std::cell::{Cell, OnceCell};
use std::net::Shutdown;
use std::rc::{Rc, Weak};
use std::time::Duration;

use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use actix_web::rt::task::JoinHandle;
use actix_web::rt::time::{Instant, sleep};
use socket2::{SockRef, Socket};

/// The time limits of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// From a request's head to its response. It covers the slowest body from a phone and the longest wait for the store.
    pub request: Duration,
    /// From the connection, or the last response, to the next request's head.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { request: Duration::from_secs(30), idle: Duration::from_secs(30) }
    }
}

/// The time at which a connection is closed, whatever is in progress on it. It lives as long as the connection.
pub(crate) struct ConnectionDeadline {
    /// A second handle to the socket: the server owns the first.
    socket: Socket,
    at: Cell<Instant>,
    timeouts: Timeouts,
    watcher: OnceCell<JoinHandle<()>>,
}

/// Returns the callback that gives each new connection a deadline.
pub(crate) fn on_connect(timeouts: Timeouts) -> impl Fn(&dyn Any, &mut Extensions) + Clone + Send + Sync + 'static {
    move |connection, extensions| {
        let socket = connection.downcast_ref::<TcpStream>().and_then(|stream| SockRef::from(stream).try_clone().ok());
        // Without a spare file descriptor, only actix' own limits apply.
        let Some(socket) = socket else { return };
        let at = Cell::new(Instant::now() + timeouts.idle);
        let deadline = Rc::new(ConnectionDeadline { socket, at, timeouts, watcher: OnceCell::new() });
        let _ = deadline.watcher.set(actix_web::rt::spawn(close_at_deadline(Rc::downgrade(&deadline))));
        extensions.insert(deadline);
    }
}

/// Closes the connection at its deadline, which moves with each request.
async fn close_at_deadline(deadline: Weak<ConnectionDeadline>) {
    while let Some(at) = deadline.upgrade().map(|deadline| deadline.at.get()) {
        if at <= Instant::now() {
            // The server sees the end of the stream and cleans up. The socket may be closed already.
            let _ = deadline.upgrade().map(|deadline| deadline.socket.shutdown(Shutdown::Both));
            return;
        }
        sleep(at - Instant::now()).await;
    }
}

impl ConnectionDeadline {
    pub(crate) fn request_started(&self) {
        // The idle time is added for sending the response that says that the request took too long.
        self.at.set(Instant::now() + self.timeouts.request + self.timeouts.idle);
    }

    pub(crate) fn response_ready(&self) {
        self.at.set(Instant::now() + self.timeouts.idle);
    }
}

impl Drop for ConnectionDeadline {
    fn drop(&mut self) {
        if let Some(watcher) = self.watcher.get() {
            watcher.abort();
        }
    }
}
