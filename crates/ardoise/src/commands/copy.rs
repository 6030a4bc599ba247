use std::process::ExitCode;

use anyhow::{Context, bail};
use ardoise_model::counted;
use ardoise_store::{CopyReport, Store, StoreUrl};
use indicatif::{ProgressBar, ProgressStyle};

use crate::output;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The database to copy from: `sqlite:FILE` or `postgres://USER@HOST/DATABASE`
    #[arg(long, value_name = "URL")]
    from: StoreUrl,
    /// The database to copy to; it must not contain any comment
    #[arg(long, value_name = "URL")]
    to: StoreUrl,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if !args.from.may_exist() {
        bail!("--from {}: there is no such file", args.from);
    }
    if args.from == args.to {
        bail!("--from and --to name the same database");
    }
    let from = Store::open(&args.from).with_context(|| format!("--from {}", args.from))?;
    let to = Store::prepare(&args.to).with_context(|| format!("--to {}", args.to))?;
    let bar = ProgressBar::no_length();
    bar.set_style(
        ProgressStyle::with_template("{spinner} {pos} rows copied and compared, {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    let CopyReport { articles, comments, decisions, work } = ardoise_store::copy(&from, &to, &|rows| bar.set_position(rows))?;
    bar.finish_and_clear();
    output::line(format_args!(
        "Copied, and compared row by row: {}, {}, {}, {} waiting to be \
         published.\nNow name the new one in ardoise.toml ([store] url) and start `ardoise serve`. What came in since this command \
         began is in the old one alone: it is safest to stop the service before.",
        counted(articles, "article", "articles"),
        counted(comments, "comment", "comments"),
        counted(decisions, "decision", "decisions"),
        counted(work, "change", "changes"),
    ))?;
    Ok(ExitCode::SUCCESS)
}
