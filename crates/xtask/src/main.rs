#![doc = include_str!("../README.md")]

mod bench;
mod blog;
mod fuzz;
mod postgres;
mod programs;
mod spam_eval;
mod test;
mod tidy;
mod tools;
mod torture;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    /// Hold the house to its rules
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
        /// Debian's package unpacked, even where PostgreSQL is installed
        #[arg(long)]
        unpacked: bool,
    },
    /// Kill, fill, lock and damage what the program stands on, under load, and check what it promised
    Torture(torture::Args),
    /// Run the fuzz targets
    Fuzz(fuzz::Options),
    /// Build the example blog that travels in the binary
    Blog,
    /// Take the README's screenshots again
    Screenshots,
    /// Measure Ardoise beside others, on this machine
    Bench(bench::Args),
    /// Measure the checks against spam on labelled comments
    SpamEval(spam_eval::Args),
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    match task {
        Task::Test => test::all(),
        Task::Setup => tools::Tools::set_up().map(|tools| print!("{tools}")),
        Task::Tidy => tidy::check(&programs::root()),
        Task::Browser { name } => test::browser(&tools::Tools::set_up()?, name.as_deref()),
        Task::Postgres { settings, unpacked } => postgres::by_hand(settings, unpacked),
        Task::Torture(args) => torture::run(&args),
        Task::Fuzz(options) => fuzz::all(&options),
        Task::Blog => blog::build(&tools::Tools::set_up()?),
        Task::Screenshots => test::screenshots(&tools::Tools::set_up()?),
        Task::Bench(args) => bench::measure(&args),
        Task::SpamEval(args) => spam_eval::run(&args),
    }
}
