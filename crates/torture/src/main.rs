#![doc = include_str!("../README.md")]

mod canary;
mod checker;
mod clock;
mod faketime;
mod faults;
mod health;
mod ledger;
mod lock_monitor;
mod log;
mod moderators;
mod namespace;
mod plan;
mod processes;
mod program;
mod published;
mod random;
mod reader;
mod rounds;
mod scenario;
mod services;
mod site;
mod submit;
mod takeover;
mod tampered;
mod workers;
mod writers;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};
use clap::Parser;
use xtask::commands::root;
use xtask::postgres::{Postgres, Settings};
use xtask::tools::postgres::Programs;

use crate::log::Log;
use crate::plan::{Args, Plan, Store};

/// The maximum length of a scenario. It bounds the time that the search for the cause of a finding takes.
const MAX_SCENARIO: Duration = Duration::from_secs(120);

/// Environment variables that pass what the outer process found to the process inside the namespace.
const PROGRAM_VARIABLE: &str = "ARDOISE_TORTURE_PROGRAM";
const FAKETIME_VARIABLE: &str = "ARDOISE_TORTURE_FAKETIME";

fn main() -> ExitCode {
    xtask::exit_code(run(&Args::parse()))
}

/// Runs the torture. The outer process prepares what cannot be done inside a namespace, then starts itself again inside one.
fn run(args: &Args) -> anyhow::Result<()> {
    for name in &args.only {
        ensure!(faults::FAULTS.iter().any(|fault| fault.name == name), "there is no fault {name:?}; there are {}", rounds::names());
    }
    match namespace::may_mount() {
        // Not inside a namespace yet.
        None => run_outside(args),
        Some(may_mount) => run_inside(args, may_mount),
    }
}

fn run_outside(args: &Args) -> anyhow::Result<()> {
    let binary = args.program.clone().map_or_else(program::build, Ok)?;
    let faketime = faketime::find().inspect_err(|error| eprintln!("clocks cannot be changed: {error:#}")).ok();
    let stores: &[&str] = match args.store {
        Store::Sqlite => &["sqlite"],
        Store::Postgres => &["postgres"],
        Store::Both => &["sqlite", "postgres"],
    };
    // Another build may replace this executable during the run, and every store needs it again.
    let itself = namespace::ExecutableCopy::make()?;
    let mut found = vec![];
    for store in stores {
        // No user namespace for PostgreSQL, which refuses to run as root, also as a user that is mapped to root.
        let mut command = namespace::rerun_command(itself.program(), *store == "sqlite");
        command
            .args(["--store", store])
            .env(PROGRAM_VARIABLE, std::path::absolute(&binary)?)
            .envs(faketime.iter().map(|library| (FAKETIME_VARIABLE, library)));
        let status = command.status().with_context(|| format!("{command:?} could not be started"))?;
        if !status.success() {
            found.push(format!("{store}: {status}"));
        }
    }
    ensure!(found.is_empty(), "the torture has findings or failed: {}", found.join(", "));
    Ok(())
}

fn run_inside(args: &Args, may_mount: bool) -> anyhow::Result<()> {
    let seed = args.seed.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |time| time.as_secs() % 1_000_000));
    let postgres = if args.store == Store::Postgres {
        let programs = Programs::find(&xtask::tools::folder()?)?;
        Some(Mutex::new(Postgres::new(&programs, Settings { durable: true, ..Settings::default() })?))
    } else {
        None
    };
    let plan = Plan {
        seed,
        binary: std::env::var_os(PROGRAM_VARIABLE)
            .map(PathBuf::from)
            .with_context(|| format!("{PROGRAM_VARIABLE} is missing, which the outer process sets"))?,
        args: args.clone(),
        may_mount,
        faketime: std::env::var_os(FAKETIME_VARIABLE).map(PathBuf::from),
        postgres,
    };
    run_scenarios(&plan, Duration::from_secs_f64(args.minutes * 60.0))
}

/// Returns the number of scenarios: at least one on each kind of disk, unless they would be too short for any fault.
fn number_of_scenarios(length: Duration) -> u32 {
    let least = if length > Duration::from_secs(40) { 2 } else { 1 };
    u32::try_from(length.as_secs().div_ceil(MAX_SCENARIO.as_secs())).unwrap_or(u32::MAX).max(least)
}

fn run_scenarios(plan: &Plan, length: Duration) -> anyhow::Result<()> {
    let name = if plan.postgres.is_some() { "PostgreSQL" } else { "SQLite" };
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder));
    let folder = target.join("torture").join(format!("{name}-{}", plan.seed));
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let log = Log::create(&folder.join("log.txt"))?;
    log.info(format!(
        "torture of {name} for {:.1} minutes, seed {}; the log is {}/log.txt",
        length.as_secs_f64() / 60.0,
        plan.seed,
        folder.display()
    ));
    if !plan.may_mount {
        log.skipped("a small disk: mounts are not allowed here; run it as root (for SQLite, user namespaces do as well)");
    }
    if plan.faketime.is_none() {
        log.skipped("the clock set back: libfaketime is missing");
    }
    let many = number_of_scenarios(length);
    for number in 0..many {
        workers::run(plan, &log, folder.join(format!("scenario-{number}")), number.into(), length / many)?;
        if plan.args.first && log.findings() > 0 {
            break;
        }
    }
    if let Some(file) = std::env::var_os(xtask::SKIPPED_FILE_VARIABLE) {
        log.append_skipped_to(&PathBuf::from(file), name)?;
    }
    let clean = log.print_report(&format!("torture of {name}, seed {}", plan.seed));
    ensure!(clean, "the torture has findings");
    Ok(())
}
