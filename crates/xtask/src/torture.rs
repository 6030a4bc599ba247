//! Torture: the real program under load, real faults at random moments, a reader who believes nothing, and a checker at the end.
//!
//! What is checked is docs/architecture.md, 'What must always hold'. A run is made of legs, each on a fresh site: on the
//! machine's disk and on a small one in memory by turns. The seed that is printed gives the same order of faults again; the
//! moments at which they hit are the machine's.

mod canary;
mod checker;
mod clock;
mod faults;
mod ground;
mod ledger;
mod leg;
mod log;
mod moderators;
mod namespace;
mod one_generator;
mod processes;
mod program;
mod random;
mod reader;
mod rounds;
mod services;
mod shape;
mod strangers;
mod takeover;
mod weather;
mod writers;

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};

use crate::postgres::{Postgres, Settings};
use crate::programs::root;
use crate::tools::Tools;
use crate::tools::postgres::Programs;
use crate::torture::log::Log;

/// A leg is as long as it may take to find out where a finding comes from.
const LEG: Duration = Duration::from_secs(120);

#[derive(clap::Args, Clone)]
pub(crate) struct Args {
    /// How long, on each database
    #[arg(long, default_value_t = 5.0)]
    minutes: f64,
    #[arg(long, value_enum, default_value = "sqlite", overrides_with = "store")]
    store: Store,
    /// Gives the same order of faults as an earlier run; it is printed at the beginning
    #[arg(long)]
    seed: Option<u64>,
    /// Two `serve` on one database and one tree, of which one is killed every few seconds
    #[arg(long)]
    takeover: bool,
    /// Only these faults, by name, separated by commas
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// End with the first finding
    #[arg(long)]
    first: bool,
    /// Keep every leg's folder, not only those in which something was found
    #[arg(long)]
    keep: bool,
    /// Another program than the one that tests use: one that was built for use, or from other sources
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Store {
    Sqlite,
    Postgres,
    Both,
}

/// How the torture is to go.
struct Plan {
    seed: u64,
    binary: PathBuf,
    args: Args,
    may_mount: bool,
    faketime: Option<PathBuf>,
    /// None: SQLite.
    postgres: Option<Mutex<Postgres>>,
}

/// What the outside has found for the inside.
const PROGRAM: &str = "ARDOISE_TORTURE_PROGRAM";
const FAKETIME: &str = "ARDOISE_TORTURE_FAKETIME";

/// Outside, prepares what needs the outside; inside a world of mounts and processes of its own, does it.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    for name in &args.only {
        ensure!(faults::FAULTS.iter().any(|fault| fault.name == name), "there is no fault {name:?}; there are {}", rounds::names());
    }
    match namespace::may_mount() {
        None => outside(args),
        Some(may_mount) => inside(args, may_mount),
    }
}

fn outside(args: &Args) -> anyhow::Result<()> {
    let binary = args.program.clone().map_or_else(program::build, Ok)?;
    let faketime = Tools::faketime().inspect_err(|error| eprintln!("no clock can be turned: {error:#}")).ok();
    let stores: &[&str] = match args.store {
        Store::Sqlite => &["sqlite"],
        Store::Postgres => &["postgres"],
        Store::Both => &["sqlite", "postgres"],
    };
    // `cargo xtask` with another task may put another program in the place of this one, which is needed for every leg.
    let itself = namespace::Copy::make()?;
    let mut found = vec![];
    for store in stores {
        // PostgreSQL refuses to run as root, and so as a user who is root in his own world alone.
        let mut again = namespace::again(itself.program(), *store == "sqlite");
        again.args(["--store", store]).env(PROGRAM, std::path::absolute(&binary)?).envs(faketime.iter().map(|library| (FAKETIME, library)));
        let status = again.status().with_context(|| format!("{again:?} could not be started"))?;
        if !status.success() {
            found.push(format!("{store}: {status}"));
        }
    }
    ensure!(found.is_empty(), "the torture found something, or could not be brought to its end: {}", found.join(", "));
    Ok(())
}

fn inside(args: &Args, may_mount: bool) -> anyhow::Result<()> {
    let seed = args.seed.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |time| time.as_secs() % 1_000_000));
    let postgres = if args.store == Store::Postgres {
        let programs = Programs::find(&crate::tools::folder()?)?;
        Some(Mutex::new(Postgres::new(&programs, Settings { durable: true, ..Settings::default() })?))
    } else {
        None
    };
    let plan = Plan {
        seed,
        binary: std::env::var_os(PROGRAM).map(PathBuf::from).context("this is for the outside to start")?,
        args: args.clone(),
        may_mount,
        faketime: std::env::var_os(FAKETIME).map(PathBuf::from),
        postgres,
    };
    legs(&plan, Duration::from_secs_f64(args.minutes * 60.0))
}

/// One on each kind of disk at least, unless they would be too short for any fault.
fn how_many(length: Duration) -> u32 {
    let least = if length > Duration::from_secs(40) { 2 } else { 1 };
    u32::try_from(length.as_secs().div_ceil(LEG.as_secs())).unwrap_or(u32::MAX).max(least)
}

fn legs(plan: &Plan, length: Duration) -> anyhow::Result<()> {
    let name = if plan.postgres.is_some() { "PostgreSQL" } else { "SQLite" };
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder));
    let folder = target.join("torture").join(format!("{name}-{}", plan.seed));
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let log = Log::create(&folder.join("log.txt"))?;
    log.say(format!(
        "torture of {name} for {:.1} minutes, seed {}; the log is {}/log.txt",
        length.as_secs_f64() / 60.0,
        plan.seed,
        folder.display()
    ));
    if !plan.may_mount {
        log.not_done("a small disk: nothing can be mounted here; run it as root (for SQLite, user namespaces do as well)");
    }
    if plan.faketime.is_none() {
        log.not_done("the clock set back: libfaketime could not be had");
    }
    let many = how_many(length);
    for number in 0..many {
        leg::run(plan, &log, folder.join(format!("leg-{number}")), number.into(), length / many)?;
        if plan.args.first && log.findings() > 0 {
            break;
        }
    }
    if let Some(file) = std::env::var_os(crate::load::LEFT_OUT) {
        log.add_not_done_to(&PathBuf::from(file), name)?;
    }
    let clean = log.last_page(&format!("torture of {name}, seed {}", plan.seed));
    ensure!(clean, "the torture found something");
    Ok(())
}
