//! The tasks of `cargo xtask` that use a private server.

use std::io::BufRead;

use anyhow::Context;

use crate::postgres::server::Postgres;
use crate::postgres::settings::Settings;
use crate::tools::postgres::{Programs, TEST_SERVERS, TestServer};

/// Starts the servers that tests need and the environment does not name. Returns each with the variable that passes its URL to the tests.
pub fn for_tests(programs: Option<&Programs>) -> anyhow::Result<Vec<(&'static str, Postgres)>> {
    let mut servers = Vec::new();
    for TestServer { variable, tls, pooled } in TEST_SERVERS.into_iter().filter(|server| !server.is_named()) {
        let programs = programs.with_context(|| format!("PostgreSQL is not installed, and {variable} names no server"))?;
        servers.push((variable, Postgres::new(programs, Settings { tls, pooled, ..Settings::default() })?));
    }
    Ok(servers)
}

/// Starts a server and executes commands from standard input, until it is killed.
pub fn by_hand(settings: Settings, unpacked: bool) -> anyhow::Result<()> {
    let folder = crate::tools::folder()?;
    let programs = if unpacked { Programs::unpacked(&folder)? } else { Programs::find(&folder)? };
    let mut postgres = Postgres::new(&programs, settings)?;
    for TestServer { variable, .. } in TEST_SERVERS.iter().filter(|server| (server.tls, server.pooled) == (settings.tls, settings.pooled)) {
        println!("{variable}={}", postgres.url("postgres"));
    }
    println!("# its log: {}", postgres.log().display());
    println!("# Ctrl-C stops it; commands on standard input: pause, resume, stop, start, database NAME");
    for line in std::io::stdin().lock().lines() {
        let done = run_command(&mut postgres, line?.trim());
        println!("# {}", done.unwrap_or_else(|error| format!("{error:#}")));
    }
    // Standard input was not a terminal and has ended; that is no request to stop.
    loop {
        std::thread::park();
    }
}

fn run_command(postgres: &mut Postgres, line: &str) -> anyhow::Result<String> {
    let (order, name) = line.split_once(' ').unwrap_or((line, ""));
    match order {
        "pause" => postgres.pause().map(|()| "paused".to_owned()),
        "resume" => postgres.resume().map(|()| "resumed".to_owned()),
        "stop" => postgres.stop().map(|()| "stopped".to_owned()),
        "start" => postgres.start().map(|()| "started".to_owned()),
        "database" => postgres.create_database(name.trim()),
        _ => None.context("unknown command; there are pause, resume, stop, start, database NAME"),
    }
}
