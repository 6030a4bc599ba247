//! The arguments of the command line, and the abilities of this machine.

use std::path::PathBuf;
use std::sync::Mutex;

use xtask::postgres::Postgres;

/// Inject faults into the running program under load, and check that it keeps its promises
#[derive(clap::Parser, Clone)]
#[command(bin_name = "xtask torture")]
pub(crate) struct Args {
    /// Minutes of torture on each database
    #[arg(long, default_value_t = 5.0)]
    pub(crate) minutes: f64,
    #[arg(long, value_enum, default_value = "sqlite", overrides_with = "store")]
    pub(crate) store: Store,
    /// Repeat the order of faults of an earlier run, which printed this number at its beginning
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Run two `serve` on one database and one tree, and kill one of them every few seconds
    #[arg(long)]
    pub(crate) takeover: bool,
    /// Inject only these faults, by name, separated by commas
    #[arg(long, value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// End with the first finding
    #[arg(long)]
    pub(crate) first: bool,
    /// Keep the folder of every scenario, not only of those with findings
    #[arg(long)]
    pub(crate) keep: bool,
    /// Torture this executable instead of the debug build of the tests
    #[arg(long, value_name = "FILE")]
    pub(crate) program: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Store {
    Sqlite,
    Postgres,
    Both,
}

/// The plan of a run.
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) binary: PathBuf,
    pub(crate) args: Args,
    pub(crate) may_mount: bool,
    pub(crate) faketime: Option<PathBuf>,
    /// `None` for SQLite.
    pub(crate) postgres: Option<Mutex<Postgres>>,
}
