use std::process::ExitCode;

use anyhow::{Context, bail};
use ardoise_model::counted;
use ardoise_store::{CopyReport, Store, StoreUrl};
use indicatif::{ProgressBar, ProgressStyle};

use crate::output;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[cfg_attr(feature = "postgres", doc = "The database to copy from: `sqlite:FILE` or `postgres://USER@HOST/DATABASE`")]
    #[cfg_attr(not(feature = "postgres"), doc = "The database to copy from: `sqlite:FILE`")]
    #[arg(long, value_name = "URL")]
    from: String,
    /// The database to copy to; it must not contain any comment
    #[arg(long, value_name = "URL")]
    to: String,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    // Not by clap, which quotes what it refuses: a malformed URL may contain a password.
    let from: StoreUrl = args.from.parse().context("--from")?;
    let to: StoreUrl = args.to.parse().context("--to")?;
    if !from.may_exist() {
        bail!("--from {from}: there is no such file");
    }
    if from == to {
        bail!("--from and --to name the same database");
    }
    let from = Store::open(&from).with_context(|| format!("--from {from}"))?;
    let to = Store::prepare(&to).with_context(|| format!("--to {to}"))?;
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
