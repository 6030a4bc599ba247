//! Faults of a PostgreSQL server: it crashes, it is paused, its sessions are ended, or a table is locked.

use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use xtask::commands::output_of;
use xtask::postgres::Postgres;

use crate::random::Random;
use crate::scenario::Scenario;

/// Crashes the server and starts it again: open transactions are lost, sessions end, and the next start recovers.
pub(crate) fn stop(scenario: &Scenario<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let lasts = random.milliseconds(0, 5000);
    with_server(scenario, Postgres::stop)?;
    thread::sleep(lasts);
    with_server(scenario, Postgres::start)?;
    Ok(format!("PostgreSQL was crashed, and started after {:.1} s", lasts.as_secs_f64()))
}

/// Pauses the server: sessions stay open, but get no responses.
pub(crate) fn pause(scenario: &Scenario<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let lasts = random.milliseconds(200, 6000);
    with_server(scenario, |server| server.pause())?;
    thread::sleep(lasts);
    with_server(scenario, |server| server.resume())?;
    Ok(format!("PostgreSQL was paused for {:.1} s", lasts.as_secs_f64()))
}

/// Ends all sessions. The generator loses its lease with its session, and may notice only after it has written.
pub(crate) fn cut_sessions(scenario: &Scenario<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let times = random.between(1, 6);
    for _ in 0..times {
        let all =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";
        output_of(client(scenario)?.args(["--quiet", "--command", all]))?;
        thread::sleep(random.milliseconds(0, 800));
    }
    Ok(format!("every session on PostgreSQL was ended {times} times"))
}

pub(crate) fn lock(scenario: &Scenario<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let table = *random.pick(&["comments", "articles", "generation_work"]).unwrap_or(&"comments");
    let lasts = random.milliseconds(200, 8000);
    let hold = format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({}); COMMIT", lasts.as_secs_f64());
    let mut holder = client(scenario)?.args(["--quiet", "--command", &hold]).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    // The client may have to wait for the lock, and another fault may end its session.
    thread::sleep(lasts + Duration::from_millis(500));
    holder.kill()?;
    holder.wait()?;
    Ok(format!("another session locked the table {table} for {:.1} s", lasts.as_secs_f64()))
}

fn with_server<T>(scenario: &Scenario<'_>, act: impl FnOnce(&mut Postgres) -> anyhow::Result<T>) -> anyhow::Result<T> {
    act(&mut server(scenario)?.lock().unwrap_or_else(PoisonError::into_inner))
}

fn client(scenario: &Scenario<'_>) -> anyhow::Result<Command> {
    let database = scenario.site.name.clone();
    with_server(scenario, |server| {
        let mut client = server.client("psql");
        client.env("PGDATABASE", database);
        Ok(client)
    })
}

fn server<'a>(scenario: &Scenario<'a>) -> anyhow::Result<&'a Mutex<Postgres>> {
    scenario.postgres.context("there is no PostgreSQL here")
}
