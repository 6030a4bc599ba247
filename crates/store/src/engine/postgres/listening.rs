//! Listening to a server's notifications.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel::PgConnection;
use diesel::connection::SimpleConnection;

use crate::engine::postgres::server::Server;
use crate::engine::postgres::{SessionKind, open};
use crate::engine::wakeup::{NOTIFY_CHANNEL, NewestRows};
use crate::error::StoreError;

/// How often the socket is checked for notifications from PostgreSQL. A check sends no query.
const SOCKET_POLL_INTERVAL: Duration = Duration::from_millis(10);
/// The pause before connecting again, and between two queries where a connection pooler makes `LISTEN` impossible.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// Reads the newest rows.
type ReadRows<'a> = &'a dyn Fn() -> Result<NewestRows, StoreError>;

impl Server {
    /// Calls `wake` after new work until `stop`, and connects again after a lost connection.
    pub(crate) fn follow(&self, read_rows: ReadRows<'_>, stop: &AtomicBool, wake: &impl Fn()) {
        let mut newest = None;
        while !stop.load(Ordering::Relaxed) {
            let failures = self.failures();
            if let Ok((mut session, kind)) = open(&self.url) {
                if kind == SessionKind::Pooled {
                    drop(session);
                    poll_rows(read_rows, &mut newest, stop, wake);
                } else if session.batch_execute(&format!("LISTEN {NOTIFY_CHANNEL}")).is_ok() {
                    // For changes from before the `LISTEN`.
                    wake();
                    // After a failover, this session may stay connected to the old server, which notifies nobody any more. Therefore a
                    // failure on any other connection is a reason to connect again.
                    poll_notifications(&mut session, &|| stop.load(Ordering::Relaxed) || self.failures() != failures, wake);
                }
            }
            pause(stop);
        }
    }
}

/// Waits in short steps, so that dropping the listener does not block for long.
fn pause(stop: &AtomicBool) {
    let begun = Instant::now();
    while begun.elapsed() < RETRY_INTERVAL && !stop.load(Ordering::Relaxed) {
        thread::sleep(SOCKET_POLL_INTERVAL);
    }
}

/// Polls for new rows, because `LISTEN` does not work behind a pooler, which assigns a server session for one transaction only. Returns
/// when a query fails.
fn poll_rows(read_rows: ReadRows<'_>, newest: &mut Option<NewestRows>, stop: &AtomicBool, wake: &impl Fn()) {
    while !stop.load(Ordering::Relaxed) {
        let Ok(now) = read_rows() else { return };
        if newest.replace(now) != Some(now) {
            wake();
        }
        pause(stop);
    }
}

/// Calls `wake` after notifications. Returns when the connection is lost, or when `is_over`.
fn poll_notifications(session: &mut PgConnection, is_over: &impl Fn() -> bool, wake: &impl Fn()) {
    while !is_over() {
        let mut is_notified = false;
        for notification in session.notifications_iter() {
            if notification.is_err() {
                return;
            }
            is_notified = true;
        }
        if is_notified {
            wake();
        }
        thread::sleep(SOCKET_POLL_INTERVAL);
    }
}
