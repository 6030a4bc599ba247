//! What can happen to a server: it crashes, it stands still, somebody throws every session out, somebody locks a table.

use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context;

use crate::postgres::Postgres;
use crate::programs::quietly;
use crate::torture::leg::Leg;
use crate::torture::random::Random;

/// Crashed and started again: open transactions are lost, sessions break, the next start recovers.
pub(crate) fn stop(leg: &Leg<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let lasts = random.milliseconds(0, 5000);
    with(leg, Postgres::stop)?;
    thread::sleep(lasts);
    with(leg, Postgres::start)?;
    Ok(format!("PostgreSQL was stopped at once, and started after {:.1} s", lasts.as_secs_f64()))
}

/// Sessions stay open, and nothing answers.
pub(crate) fn pause(leg: &Leg<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let lasts = random.milliseconds(200, 6000);
    with(leg, |server| server.pause())?;
    thread::sleep(lasts);
    with(leg, |server| server.resume())?;
    Ok(format!("PostgreSQL stood still for {:.1} s", lasts.as_secs_f64()))
}

/// With its session, the generator loses the lead, and may not notice before it has written.
pub(crate) fn cut_sessions(leg: &Leg<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let times = random.between(1, 6);
    for _ in 0..times {
        let all =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";
        quietly(client(leg)?.args(["--quiet", "--command", all]))?;
        thread::sleep(random.milliseconds(0, 800));
    }
    Ok(format!("every session on PostgreSQL was ended {times} times"))
}

pub(crate) fn lock(leg: &Leg<'_>, random: &mut Random, _: bool) -> anyhow::Result<String> {
    let table = *random.pick(&["comments", "articles", "generation_work"]).unwrap_or(&"comments");
    let lasts = random.milliseconds(200, 8000);
    let hold = format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({}); COMMIT", lasts.as_secs_f64());
    let mut holder = client(leg)?.args(["--quiet", "--command", &hold]).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    // It may have to wait for the lock, and another fault may end it.
    thread::sleep(lasts + Duration::from_millis(500));
    holder.kill()?;
    holder.wait()?;
    Ok(format!("another session locked the table {table} for {:.1} s", lasts.as_secs_f64()))
}

fn with<T>(leg: &Leg<'_>, act: impl FnOnce(&mut Postgres) -> anyhow::Result<T>) -> anyhow::Result<T> {
    act(&mut server(leg)?.lock().unwrap_or_else(PoisonError::into_inner))
}

fn client(leg: &Leg<'_>) -> anyhow::Result<Command> {
    let database = leg.ground.name.clone();
    with(leg, |server| {
        let mut client = server.client("psql");
        client.env("PGDATABASE", database);
        Ok(client)
    })
}

fn server<'a>(leg: &Leg<'a>) -> anyhow::Result<&'a Mutex<Postgres>> {
    leg.postgres.context("there is no PostgreSQL here")
}
