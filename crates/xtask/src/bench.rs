//! Benchmarks: measures Ardoise and comparable programs in one run on one machine.

#![expect(clippy::cast_precision_loss, reason = "nothing that is counted here comes near 2^53")]

mod approving;
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

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use clap::ValueEnum;
use clap::builder::RangedU64ValueParser;

use crate::bench::figures::Section;
use crate::bench::tools::BenchTools;
use crate::commands::{output_of, root, run, target_folder};

#[derive(clap::Args)]
pub(crate) struct Args {
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

/// What all measurements share.
pub(crate) struct Bench {
    tools: BenchTools,
    /// The program, built with the profile of the installed one.
    ardoise: PathBuf,
    /// The folder for everything that the run creates, on the disk of target/.
    folder: PathBuf,
    seconds: u64,
    /// The number of cores that other processes kept busy before the run.
    other_load: f64,
}

pub(crate) fn measure(args: &Args) -> anyhow::Result<()> {
    if cfg!(debug_assertions) {
        return rerun_optimised();
    }
    let bench = Bench::set_up(args)?;
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
    cargo.args(["run", "--quiet", "--release", "--package", "xtask", "--"]).args(std::env::args_os().skip(1));
    run(cargo.current_dir(root()))
}

impl Bench {
    fn set_up(args: &Args) -> anyhow::Result<Self> {
        let tools = BenchTools::set_up()?;
        run(Command::new("cargo").args(["build", "--quiet", "--profile", "dist", "--package", "ardoise"]).current_dir(root()))?;
        let ours = target_folder().join("bench");
        remove_leftovers(&ours)?;
        let folder = ours.join(std::process::id().to_string());
        std::fs::create_dir_all(&folder)?;
        let other_load = usage::busy_cores(Duration::from_secs(2))?;
        Ok(Self { tools, ardoise: target_folder().join("dist/ardoise"), folder, seconds: args.seconds, other_load })
    }
}

/// Flushes the file system, so that writes of other processes do not slow down the measurement.
fn sync(folder: &Path) -> anyhow::Result<()> {
    output_of(Command::new("sync").arg("--file-system").arg(folder)).map(drop)
}

/// Prints the current step.
fn progress(what: &str) {
    eprintln!("── {what}");
}

/// Removes the folders of runs that were killed. A folder is named after its process.
fn remove_leftovers(folder: &Path) -> anyhow::Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        if !PathBuf::from("/proc").join(entry.file_name()).exists() {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

impl Drop for Bench {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("xtask: {} could not be removed: {error}", self.folder.display());
        }
    }
}
