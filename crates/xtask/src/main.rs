#![doc = include_str!("../README.md")]

mod blog;
mod fuzz;
mod proxy_headers;
mod steps;
mod task_crates;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::commands::root;
use xtask::postgres;
use xtask::tools::Tools;

#[derive(Parser)]
#[command(about = "What developers of Ardoise run")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Set up what the tests need, and run all of them, as CI does
    Test,
    /// Fetch the tools that tests need
    Setup,
    /// Check the rules of the code base that the compiler does not know
    Tidy,
    /// The tests that need Hugo, nginx and Chromium
    Browser {
        /// Only the files whose names contain this
        name: Option<String>,
    },
    /// Start a private PostgreSQL, print its URL, and keep it until Ctrl-C
    Postgres {
        #[command(flatten)]
        settings: postgres::Settings,
        /// Use Debian's unpacked package, even where PostgreSQL is installed
        #[arg(long)]
        unpacked: bool,
    },
    /// Inject faults into the running program under load, and check that it keeps its promises
    #[command(disable_help_flag = true)]
    Torture(task_crates::RawArgs),
    /// Run the fuzz targets
    Fuzz(fuzz::Options),
    /// Build the example blog that travels in the binary
    Blog,
    /// Take the README's screenshots again
    Screenshots,
    /// Measure Ardoise and comparable programs on this machine
    #[command(disable_help_flag = true)]
    Bench(task_crates::RawArgs),
    /// Measure the checks against spam on labelled comments
    #[command(disable_help_flag = true)]
    SpamEval(task_crates::RawArgs),
}

fn main() -> ExitCode {
    xtask::exit_code(run(Cli::parse().task))
}

fn run(task: Task) -> anyhow::Result<()> {
    match task {
        Task::Test => test::all(),
        Task::Setup => Tools::set_up().map(|tools| print!("{tools}")),
        Task::Tidy => tidy::check(&root()),
        Task::Browser { name } => test::browser(&Tools::set_up()?, name.as_deref()),
        Task::Postgres { settings, unpacked } => postgres::by_hand(settings, unpacked),
        Task::Torture(args) => task_crates::run("ardoise-torture", &args),
        Task::Fuzz(options) => fuzz::all(&options),
        Task::Blog => blog::build(&Tools::set_up()?),
        Task::Screenshots => test::screenshots(&Tools::set_up()?),
        Task::Bench(args) => task_crates::run("ardoise-bench", &args),
        Task::SpamEval(args) => task_crates::run("ardoise-spam-eval", &args),
    }
}
