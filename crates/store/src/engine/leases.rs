//! Leases: rows that say which process may do what one process at a time does.
//!
//! A lease is a row with an expiry by the database's clock, because that works through any pooler. A session-level advisory lock would not:
//! behind a pooler that lends a session for one transaction, it would be lost, or kept by a session that nobody uses.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use crate::engine::connection::{Connection, TransactionMode};
use crate::engine::either::on_either;
use crate::engine::join_on_drop::JoinOnDrop;
use crate::engine::presence::Presence;
use crate::engine::store::Store;
use crate::engine::tokens;
use crate::error::StoreError;
use crate::schema::leases;

/// A lease by name, and how long it is valid without being renewed.
#[derive(Clone, Copy)]
pub(crate) struct LeaseKind {
    name: &'static str,
    duration: Duration,
    /// The advisory lock that the holder's own session has on PostgreSQL. SQLite needs none: there is only one lease.
    advisory_lock: i32,
}

impl LeaseKind {
    fn duration_millis(self) -> i64 {
        i64::try_from(self.duration.as_millis()).unwrap_or(i64::MAX)
    }
}

/// The lease of the process that generates. A process that hangs is replaced within this time and one poll; a process that has ended, at
/// the next poll ([`Presence`]).
pub(crate) const LEAD: LeaseKind = LeaseKind { name: "lead", duration: Duration::from_secs(5), advisory_lock: 2 };
/// The lease of the process that maintains the catalogue. It is long, so that an idle database is seldom written to: changes of the
/// catalogue can wait.
pub(crate) const CATALOGUE: LeaseKind = LeaseKind { name: "catalogue", duration: Duration::from_secs(120), advisory_lock: 4 };

/// The prefix of the name of a holder that has a [`Presence`]. A holder without one must not be taken for dead.
const PRESENT_PREFIX: &str = "present-";

/// A lease that this process holds. A thread renews it until it is dropped, which releases it at once.
pub(crate) struct Lease {
    store: Store,
    kind: LeaseKind,
    holder: String,
    stop: Arc<RenewalStop>,
    renewal: Option<JoinOnDrop>,
    presence: Option<Presence>,
}

impl Lease {
    /// Takes the lease. Returns `None` if another holder has it and is alive.
    pub(crate) fn take(store: &Store, kind: LeaseKind) -> Result<Option<Self>, StoreError> {
        let previous = store.read_one(|connection| holder_of(connection, kind))?;
        // Without a presence, only the expiry tells when the lease is free.
        let presence = Presence::take(store, kind.advisory_lock).unwrap_or_default();
        let holder = new_holder(presence.is_some())?;
        // A living holder with a presence would have kept this process from taking the lock.
        let previous_has_ended = presence.is_some() && previous.starts_with(PRESENT_PREFIX);
        let is_taken = store.transact(TransactionMode::Lease, |connection| {
            Ok(take_free(connection, kind, &holder)? || previous_has_ended && take_from(connection, kind, &previous, &holder)?)
        })?;
        if !is_taken {
            return Ok(None);
        }
        let stop = Arc::<RenewalStop>::default();
        let renewal = thread::spawn({
            let (store, holder, stop) = (store.clone(), holder.clone(), stop.clone());
            move || renew_until_stopped(&store, kind, &holder, &stop)
        });
        Ok(Some(Self { store: store.clone(), kind, holder, stop, renewal: Some(JoinOnDrop::new(renewal)), presence }))
    }

    /// Renews the lease. Fails with [`StoreError::LeaseLost`] if another holder has taken it.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        self.store.transact(TransactionMode::Lease, |connection| self.check_in(connection))
    }

    /// Renews the lease within a transaction that does what the lease permits: no other holder can take it before the commit.
    pub(crate) fn check_in(&self, connection: &mut Connection) -> Result<(), StoreError> {
        if renew(connection, self.kind, &self.holder)? { Ok(()) } else { Err(StoreError::LeaseLost) }
    }
}

fn new_holder(has_presence: bool) -> Result<String, StoreError> {
    let token = tokens::random_token()?;
    Ok(if has_presence { format!("{PRESENT_PREFIX}{token}") } else { token })
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.stop.send();
        self.renewal = None;
        // Before the lease is released: the next holder must find the lock free.
        self.presence = None;
        // If this fails, the lease expires soon.
        let _ = self.store.transact(TransactionMode::Lease, |connection| release(connection, self.kind, &self.holder));
    }
}

/// A flag on which a thread can wait.
#[derive(Default)]
struct RenewalStop {
    is_sent: Mutex<bool>,
    changed: Condvar,
}

impl RenewalStop {
    fn send(&self) {
        *self.is_sent.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Waits for the signal, at most this long. Returns whether it was sent.
    fn wait(&self, timeout: Duration) -> bool {
        let guard = self.is_sent.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(guard, timeout, |is_sent| !*is_sent);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Returns when the lease is released or lost. Other errors are ignored: the next attempt may succeed before the lease expires.
fn renew_until_stopped(store: &Store, kind: LeaseKind, holder: &str, stop: &RenewalStop) {
    while !stop.wait(kind.duration / 4) {
        if matches!(store.transact(TransactionMode::Lease, |connection| renew(connection, kind, holder)), Ok(false)) {
            return;
        }
    }
}

impl Store {
    /// Whether some process leads. Changes nothing.
    pub fn has_leader(&self) -> Result<bool, StoreError> {
        self.read_one(|connection| is_held(connection, LEAD))
    }
}

/// Takes a lease that was released or has expired. An expiry that is further away than the lease's duration was written by a wrong clock
/// and does not count.
fn take_free(connection: &mut Connection, kind: LeaseKind, holder: &str) -> Result<bool, StoreError> {
    let query = "UPDATE leases SET holder = $1, expires_at = {now} + $2
        WHERE name = $3 AND (holder = '' OR expires_at <= {now} OR expires_at > {now} + $2)";
    execute(connection, query, kind, holder)
}

/// Takes a lease from a holder that has ended, even if the lease has not expired.
fn take_from(connection: &mut Connection, kind: LeaseKind, previous: &str, holder: &str) -> Result<bool, StoreError> {
    if holder_of(connection, kind)? != previous {
        return Ok(false);
    }
    execute(connection, "UPDATE leases SET holder = $1, expires_at = {now} + $2 WHERE name = $3", kind, holder)
}

fn holder_of(connection: &mut Connection, kind: LeaseKind) -> Result<String, StoreError> {
    Ok(leases::table.find(kind.name).select(leases::holder).get_result(connection)?)
}

/// Renews a lease, even after it has expired: if no other holder has taken it, none has held it in between.
fn renew(connection: &mut Connection, kind: LeaseKind, holder: &str) -> Result<bool, StoreError> {
    execute(connection, "UPDATE leases SET expires_at = {now} + $2 WHERE name = $3 AND holder = $1", kind, holder)
}

fn release(connection: &mut Connection, kind: LeaseKind, holder: &str) -> Result<bool, StoreError> {
    execute(connection, "UPDATE leases SET holder = '', expires_at = 0 * $2 WHERE name = $3 AND holder = $1", kind, holder)
}

/// Executes an update with the parameters holder, duration and name. Returns whether it changed a row.
fn execute(connection: &mut Connection, query: &str, kind: LeaseKind, holder: &str) -> Result<bool, StoreError> {
    let bound = |query: String| {
        let query = diesel::sql_query(query).bind::<Text, _>(holder);
        query.bind::<BigInt, _>(kind.duration_millis()).bind::<Text, _>(kind.name)
    };
    let query = bound(in_dialect(connection, query));
    Ok(on_either!(connection => query.execute(connection))? > 0)
}

#[derive(diesel::QueryableByName)]
struct IsHeld {
    #[diesel(sql_type = Bool)]
    is_held: bool,
}

fn is_held(connection: &mut Connection, kind: LeaseKind) -> Result<bool, StoreError> {
    let query = "SELECT holder <> '' AND expires_at > {now} AND expires_at <= {now} + $1 AS is_held FROM leases WHERE name = $2";
    let bound = |query: String| diesel::sql_query(query).bind::<BigInt, _>(kind.duration_millis()).bind::<Text, _>(kind.name);
    let query = bound(in_dialect(connection, query));
    let rows: Vec<IsHeld> = on_either!(connection => query.load(connection))?;
    Ok(rows.iter().any(|row| row.is_held))
}

/// Replaces `{now}` by the milliseconds since 1970 by the database's clock. For SQLite, also replaces `$1` by `?1`: it reads `$1` as a name,
/// and numbers names in the order of their appearance.
fn in_dialect(connection: &Connection, query: &str) -> String {
    if connection.is_sqlite() {
        query.replace('$', "?").replace("{now}", "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)")
    } else {
        query.replace("{now}", "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT")
    }
}
