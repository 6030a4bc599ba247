#![doc = include_str!("../README.md")]

mod classify;
mod labelled;
mod splits;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use ardoise_model::HoldPolicy;
use clap::Parser;

use crate::labelled::Labelled;

/// Measure the checks against spam on labelled comments
#[derive(Parser)]
#[command(bin_name = "xtask spam-eval")]
struct Args {
    /// The folder of `comments.jsonl`, which has a JSON object per line with `source`, `text` and `label` ("spam" or "ham")
    #[arg(long, default_value = "../shared/spam")]
    data: PathBuf,
}

fn main() -> ExitCode {
    xtask::exit_code(run(&Args::parse()))
}

fn run(args: &Args) -> anyhow::Result<()> {
    let file = args.data.join("comments.jsonl");
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("{}: the labelled comments are not part of the project; name their folder with --data", file.display()))?;
    let all: Vec<Labelled> = text
        .lines()
        .enumerate()
        .map(|(n, line)| Labelled::read(line).with_context(|| format!("{} line {}", file.display(), n + 1)))
        .collect::<Result<_, _>>()?;
    let spam = all.iter().filter(|one| one.is_spam).count();
    println!("{} comments: {spam} spam, {} ham\n", all.len(), all.len() - spam);
    table::head();
    for (name, splits) in [("chance", splits::by_chance(&all)), ("video", splits::by_video(&all)), ("blogs", splits::videos_to_blogs(&all))]
    {
        table::rows(name, &classify::all(&splits, HoldPolicy::Suspicious));
    }
    table::total("chance", "all, by default", &classify::all(&splits::by_chance(&all), HoldPolicy::Everything));
    table::thresholds(&splits::by_chance(&all)[0].train);
    Ok(())
}
