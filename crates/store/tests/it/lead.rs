//! One of the processes on a PostgreSQL database leads, with and without a pooler.

use ardoise_model::Timestamp;
use ardoise_store::{Store, StoreError, StoreUrl};
use diesel::connection::SimpleConnection;
use diesel::{Connection as _, PgConnection};

use crate::harness::{Case, execute};

macro_rules! on_every_postgres {
    ($($name:ident)*) => {
        mod direct {
            $(#[test] fn $name() { super::$name(&crate::harness::Case::postgres()); })*
        }
        mod pooled {
            $(#[test] fn $name() { super::$name(&crate::harness::Case::pooled()); })*
        }
    };
}

on_every_postgres! {
    one_process_leads_until_it_releases_the_lead
    the_lead_of_a_dead_process_is_taken_over
    a_process_that_has_lost_the_lead_removes_no_work
    a_lost_session_does_not_lose_the_lead
    a_commit_is_flushed
}

fn one_process_leads_until_it_releases_the_lead(case: &Case) {
    let others: Vec<_> = (0..3).map(|_| Store::open(&case.url).expect("another process")).collect();
    let lead = case.lead();
    for n in 0..10 {
        // Under load, the pooler lends the sessions in changing order.
        std::thread::scope(|scope| {
            for other in &others {
                scope.spawn(move || {
                    other.has_work().expect("queried");
                    assert!(other.lead().expect("queried").is_none(), "{n}");
                });
            }
            case.submit("/a/", &n.to_string(), None);
        });
    }
    assert!(case.store.has_leader().expect("queried"));
    drop(lead);
    assert!(!case.store.has_leader().expect("queried"));
    // At once, without waiting for the lease to expire.
    let lead = others[0].lead().expect("queried").expect("it was given up");
    assert!(case.store.lead().expect("queried").is_none());
    drop(lead);
    case.lead().check().expect("it is ours");
}

fn the_lead_of_a_dead_process_is_taken_over(case: &Case) {
    // The row that a killed process leaves.
    execute(
        case,
        "UPDATE leases SET holder = 'present-dead', expires_at = (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT + 4000 WHERE name = 'lead'",
    );
    // On a direct connection, the end of the process is detected. Through a pooler, the lease has to expire.
    let is_pooled = case.store.about().expect("queried").pooled;
    assert_eq!(case.store.lead().expect("queried").is_none(), is_pooled);
    let begun = std::time::Instant::now();
    while case.store.lead().expect("queried").is_none() {
        assert!(begun.elapsed().as_secs() < 60, "waited for the lead");
    }
    // An expiry that a wrong clock has written does not count.
    execute(case, "UPDATE leases SET holder = 'present-dead', expires_at = 4102444800000 WHERE name = 'lead'");
    case.lead().check().expect("it is ours");
}

fn a_process_that_has_lost_the_lead_removes_no_work(case: &Case) {
    let mut lead = case.lead();
    lead.check().expect("it is ours");
    case.approved("/a/", "Hello");
    let work = case.store.work(0, 9).expect("work");
    execute(case, "UPDATE leases SET holder = 'another' WHERE name = 'lead'");
    assert!(matches!(lead.finish_work(&work, &[], Timestamp(0)), Err(StoreError::LeaseLost)));
    assert!(matches!(lead.check(), Err(StoreError::LeaseLost)));
    assert!(case.store.has_work().expect("queried"), "the next leader does it");
    drop(lead);
    let StoreUrl::Postgres(url) = &case.url else { unreachable!("this is PostgreSQL") };
    // The other process is alive, which its session shows.
    let mut other = PgConnection::establish(url).expect("a connection");
    other.batch_execute("SELECT pg_advisory_lock(1634886767, 2)").expect("locked");
    assert!(case.store.lead().expect("queried").is_none(), "it does not release the other's lead");
}

fn a_lost_session_does_not_lose_the_lead(case: &Case) {
    let mut lead = case.lead();
    case.approved("/a/", "Hello");
    let work = case.store.work(0, 9).expect("work");
    execute(case, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    // The first call may use a lost session.
    let _ = lead.check();
    lead.finish_work(&work, &[], Timestamp(0)).expect("finished");
    assert!(!case.store.has_work().expect("queried"));
}

fn a_commit_is_flushed(case: &Case) {
    let StoreUrl::Postgres(url) = &case.url else { unreachable!("this is PostgreSQL") };
    let name = url.rsplit('/').next().and_then(|rest| rest.split('?').next()).expect("a name");
    let flushes_after = |setting: &str| {
        execute(case, &format!("ALTER DATABASE {name} SET synchronous_commit = {setting}"));
        execute(
            case,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
        let store = Store::open(&case.url).expect("a store");
        let flushes = store.about().expect("queried").flushes;
        (store, flushes)
    };
    for weaker in ["remote_write", "local", "off"] {
        assert_eq!(flushes_after(weaker).1, "on", "{weaker}");
    }
    let (store, flushes) = flushes_after("remote_apply");
    let pooled = std::env::var("ARDOISE_TEST_POSTGRES_POOLED").expect("a server");
    let port = |url: &str| url.rsplit(':').next().and_then(|rest| rest.split('/').next()).map(str::to_owned);
    let is_pooled = port(url) == port(&pooled);
    assert_eq!(store.about().expect("queried").pooled, is_pooled, "it says how it reaches the server");
    // A pooler may lend a session that began before the setting was changed.
    assert!(is_pooled || flushes == "remote_apply", "a stronger setting stays");
}
