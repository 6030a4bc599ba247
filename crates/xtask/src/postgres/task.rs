//! The ways in which `cargo xtask` uses a private server.

use std::io::BufRead;

use anyhow::Context;

use super::{Postgres, Settings};
use crate::tools::postgres::Programs;

/// Where tests find a server, and whether it refuses connections without TLS, and is behind a pooler. A URL that is there already is used
/// as it is.
const VARIABLES: [(&str, bool, bool); 3] =
    [("ARDOISE_TEST_POSTGRES", false, false), ("ARDOISE_TEST_POSTGRES_TLS", true, false), ("ARDOISE_TEST_POSTGRES_POOLED", false, true)];

fn named(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|url| !url.is_empty())
}

/// Whether there is nothing to start for the tests.
pub(crate) fn all_named() -> bool {
    VARIABLES.iter().all(|(variable, ..)| named(variable))
}

/// Starts the servers that tests want and nobody named; gives each with the variable that tells the tests of it.
pub(crate) fn for_tests(programs: Option<&Programs>) -> anyhow::Result<Vec<(&'static str, Postgres)>> {
    let mut servers = Vec::new();
    for (variable, tls, pooled) in VARIABLES.into_iter().filter(|(variable, ..)| !named(variable)) {
        let programs = programs.with_context(|| format!("there is no PostgreSQL to be started, and {variable} names none"))?;
        servers.push((variable, Postgres::new(programs, Settings { tls, pooled, ..Settings::default() })?));
    }
    Ok(servers)
}

/// Starts one and does what it is told on standard input, until it is killed.
pub(crate) fn by_hand(settings: Settings, unpacked: bool) -> anyhow::Result<()> {
    let folder = crate::tools::folder()?;
    let programs = if unpacked { Programs::unpacked(&folder)? } else { Programs::find(&folder)? };
    let mut postgres = Postgres::new(&programs, settings)?;
    for (variable, ..) in VARIABLES.iter().filter(|(_, tls, pooled)| (*tls, *pooled) == (settings.tls, settings.pooled)) {
        println!("{variable}={}", postgres.url("postgres"));
    }
    println!("# its log: {}", postgres.log().display());
    println!("# Ctrl-C ends it; on standard input: pause, resume, stop, start, database NAME");
    for line in std::io::stdin().lock().lines() {
        let done = obey(&mut postgres, line?.trim());
        println!("# {}", done.unwrap_or_else(|error| format!("{error:#}")));
    }
    // Standard input was not a terminal, and has ended: that is nobody's wish to stop.
    loop {
        std::thread::park();
    }
}

fn obey(postgres: &mut Postgres, line: &str) -> anyhow::Result<String> {
    let (order, name) = line.split_once(' ').unwrap_or((line, ""));
    match order {
        "pause" => postgres.pause().map(|()| "paused".to_owned()),
        "resume" => postgres.resume().map(|()| "resumed".to_owned()),
        "stop" => postgres.stop().map(|()| "stopped".to_owned()),
        "start" => postgres.start().map(|()| "started".to_owned()),
        "database" => postgres.create_database(name.trim()),
        _ => None.context("what is known here: pause, resume, stop, start, database NAME"),
    }
}
