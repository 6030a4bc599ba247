//! What Ardoise costs, beside what others cost: side by side in one run, on one machine.

#![expect(clippy::cast_precision_loss, reason = "nothing that is counted here comes near 2^53")]

mod approving;
mod figures;
mod generating;
mod instruments;
mod load;
mod machine;
mod plot;
mod rebuilding;
mod report;
mod running;
mod servers;
mod site;
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

use crate::bench::figures::Chapter;
use crate::bench::instruments::Instruments;
use crate::programs::{quietly, root, run, target_folder};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Measure this alone
    #[arg(long)]
    only: Option<Subject>,
    /// How long each load lasts
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// Sites of so many articles are generated
    #[arg(long, value_name = "ARTICLES", value_delimiter = ',', default_values_t = generating::SIZES, value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    sizes: Vec<usize>,
    /// Keep the figures in docs/performance.md, with their picture
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

/// What every measurement needs.
pub(crate) struct Bench {
    instruments: Instruments,
    /// The program, as its users build it.
    ardoise: PathBuf,
    /// For all that is made meanwhile, on the disk that target/ is on.
    folder: PathBuf,
    seconds: u64,
    /// How many cores others kept busy before we began.
    others: f64,
}

pub(crate) fn measure(args: &Args) -> anyhow::Result<()> {
    if cfg!(debug_assertions) {
        return measure_optimised();
    }
    let bench = Bench::set_up(args)?;
    let mut chapters = Vec::new();
    let wanted = |subject| args.only.is_none_or(|only| only == subject);
    if wanted(Subject::Views) {
        chapters.push(views::measure(&bench)?);
    }
    if wanted(Subject::Writing) {
        chapters.push(writing::measure(&bench)?);
    }
    if wanted(Subject::Generating) {
        chapters.push(generating::measure(&bench, &args.sizes)?);
    }
    let all = Chapter::of(chapters);
    let others = bench.others.max(usage::busy_cores(Duration::from_secs(2))?);
    let text = report::text(&all, others, &machine::describe(&bench)?);
    println!("{text}");
    if args.write { report::write(&root(), &text, &plot::svg(&all.charts)) } else { Ok(()) }
}

/// Part of what is measured runs in this program: it is built as the other is.
fn measure_optimised() -> anyhow::Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--quiet", "--release", "--package", "xtask", "--"]).args(std::env::args_os().skip(1));
    run(cargo.current_dir(root()))
}

impl Bench {
    fn set_up(args: &Args) -> anyhow::Result<Self> {
        let instruments = Instruments::set_up()?;
        run(Command::new("cargo").args(["build", "--quiet", "--profile", "dist", "--package", "ardoise"]).current_dir(root()))?;
        let ours = target_folder().join("bench");
        remove_left_overs(&ours)?;
        let folder = ours.join(std::process::id().to_string());
        std::fs::create_dir_all(&folder)?;
        let others = usage::busy_cores(Duration::from_secs(2))?;
        Ok(Self { instruments, ardoise: target_folder().join("dist/ardoise"), folder, seconds: args.seconds, others })
    }
}

/// Writes to the disk what others have left in memory for it, so that nobody pays for them.
fn sync(folder: &Path) -> anyhow::Result<()> {
    quietly(Command::new("sync").arg("--file-system").arg(folder)).map(drop)
}

/// What is going on, for whoever waits.
fn say(what: &str) {
    eprintln!("── {what}");
}

/// What runs have left behind that were killed: a folder that is named after a process which has ended.
fn remove_left_overs(folder: &Path) -> anyhow::Result<()> {
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
