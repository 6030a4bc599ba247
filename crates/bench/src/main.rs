#![doc = include_str!("../README.md")]
#![expect(clippy::cast_precision_loss, reason = "nothing that is counted here comes near 2^53")]

mod approving;
mod context;
mod figures;
mod generating;
mod load;
mod machine;
mod plot;
mod process;
mod rebuilding;
mod report;
mod servers;
mod site;
mod tools;
mod usage;
mod views;
mod web;
mod writers;
mod writing;

use std::process::{Command, ExitCode};
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{Parser, ValueEnum};
use xtask::commands::{root, run};

use crate::context::Bench;
use crate::figures::Section;

/// Measure Ardoise and comparable programs on this machine
#[derive(Parser)]
#[command(bin_name = "xtask bench")]
struct Args {
    /// Measure only this
    #[arg(long)]
    only: Option<Subject>,
    /// The duration of each load, in seconds
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// The sizes of the generated sites, in articles
    #[arg(long, value_name = "ARTICLES", value_delimiter = ',', default_values_t = generating::SIZES, value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    sizes: Vec<usize>,
    /// Write the figures and their chart to docs/performance.md
    #[arg(long, conflicts_with = "only")]
    write: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Subject {
    /// Page views over HTTPS
    Views,
    /// Accepted submissions
    Writing,
    /// Full rebuilds and single approvals
    Generating,
}

fn main() -> ExitCode {
    xtask::exit_code(measure(&Args::parse()))
}

fn measure(args: &Args) -> anyhow::Result<()> {
    if cfg!(debug_assertions) {
        return rerun_optimised();
    }
    let bench = Bench::set_up(args.seconds)?;
    let mut sections = Vec::new();
    let wanted = |subject| args.only.is_none_or(|only| only == subject);
    if wanted(Subject::Views) {
        sections.push(views::measure(&bench)?);
    }
    if wanted(Subject::Writing) {
        sections.push(writing::measure(&bench)?);
    }
    if wanted(Subject::Generating) {
        sections.push(generating::measure(&bench, &args.sizes)?);
    }
    let all = Section::of(sections);
    let other_load = bench.other_load.max(usage::busy_cores(Duration::from_secs(2))?);
    let text = report::text(&all, other_load, &machine::describe(&bench)?);
    println!("{text}");
    if args.write { report::write(&root(), &text, &plot::svg(&all.charts)) } else { Ok(()) }
}

/// Part of what is measured runs in this program, so it must be optimised too.
fn rerun_optimised() -> anyhow::Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--quiet", "--release", "--package", "ardoise-bench", "--"]).args(std::env::args_os().skip(1));
    run(cargo.current_dir(root()))
}
