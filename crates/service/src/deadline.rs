//! How long a connection may take. The server library limits the time of the first request's head and of an idle connection; it sets
//! no limit on a body that goes on after its answer, on the head of a later request, or on a client that does not read what it is sent.

use std::any::Any;
use std::cell::{Cell, OnceCell};
use std::net::Shutdown;
use std::rc::{Rc, Weak};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::error::ErrorRequestTimeout;
use actix_web::middleware::Next;
use actix_web::rt::net::TcpStream;
use actix_web::rt::task::JoinHandle;
use actix_web::rt::time::{Instant, sleep, timeout};
use actix_web::web;
use socket2::{SockRef, Socket};

use crate::service::Service;

/// The limits on time of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// From a request's head to its answer: the slowest body from a phone, and the longest wait for the store.
    pub request: Duration,
    /// From the connection, or the last answer, to the next request's head.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { request: Duration::from_secs(30), idle: Duration::from_secs(30) }
    }
}

/// When a connection is closed, whatever is under way on it. It lives as long as the connection.
struct Deadline {
    /// A second handle, for the server owns the first.
    socket: Socket,
    at: Cell<Instant>,
    patience: Timeouts,
    watch: OnceCell<JoinHandle<()>>,
}

/// Gives each new connection a deadline.
pub(crate) fn begin(patience: Timeouts) -> impl Fn(&dyn Any, &mut Extensions) + Clone + Send + Sync + 'static {
    move |connection, extensions| {
        let socket = connection.downcast_ref::<TcpStream>().and_then(|stream| SockRef::from(stream).try_clone().ok());
        // Without a file descriptor to spare, the connection has the library's limits alone.
        let Some(socket) = socket else { return };
        let deadline = Rc::new(Deadline { socket, at: Cell::new(Instant::now() + patience.idle), patience, watch: OnceCell::new() });
        let _ = deadline.watch.set(actix_web::rt::spawn(watch(Rc::downgrade(&deadline))));
        extensions.insert(deadline);
    }
}

/// Closes the connection at its deadline, which moves with each request.
async fn watch(deadline: Weak<Deadline>) {
    while let Some(at) = deadline.upgrade().map(|deadline| deadline.at.get()) {
        if at <= Instant::now() {
            // The server sees the end of the stream, and ends the connection in its own way. It may be gone already.
            let _ = deadline.upgrade().map(|deadline| deadline.socket.shutdown(Shutdown::Both));
            return;
        }
        sleep(at - Instant::now()).await;
    }
}

impl Deadline {
    fn request_begins(&self) {
        // The time after it is for an answer that says that the request took too long.
        self.at.set(Instant::now() + self.patience.request + self.patience.idle);
    }

    fn answer_is_ready(&self) {
        self.at.set(Instant::now() + self.patience.idle);
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        if let Some(watch) = self.watch.get() {
            watch.abort();
        }
    }
}

/// Limits the time of one request: a body that trickles in would hold its connection for as long as its sender likes.
pub(crate) async fn in_time(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let deadline = request.conn_data::<Rc<Deadline>>().cloned();
    let patience = request.app_data::<web::Data<Service>>().map_or_else(Timeouts::default, |service| service.patience);
    if let Some(deadline) = &deadline {
        deadline.request_begins();
    }
    let answered = timeout(patience.request, next.call(request)).await;
    if let Some(deadline) = &deadline {
        deadline.answer_is_ready();
    }
    answered.unwrap_or_else(|_| Err(ErrorRequestTimeout("the request took too long to arrive")))
}
