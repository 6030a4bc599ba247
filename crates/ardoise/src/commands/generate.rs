use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use ardoise_generator::{Generator, Scope};
use ardoise_model::{ArticlePath, counted};
use ardoise_store::Departures;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::config::Config;
use crate::{assemble, output};

/// How long `--check` waits for a running `serve` to publish the latest decisions.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Args {
    /// Compare every file with the database, not only the changed ones
    #[arg(long)]
    full: bool,
    /// Change nothing; list what differs from the database, and exit with 1 if anything does
    #[arg(long)]
    check: bool,
    /// Let the database in [store] url replace what another database has published
    #[arg(long, conflicts_with = "check")]
    adopt: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let store = assemble::store(config)?;
    let generator = assemble::generator(config, &store);
    if args.check {
        return check(&generator, args.json);
    }
    if args.adopt {
        generator.adopt()?;
    }
    if let Some(catalogue) = assemble::catalogue(config, &store, &config.site.origin) {
        // The site is read first, because files contain the titles of articles. Missing articles stay: only `serve` removes them.
        match catalogue.refresh(Departures::Postpone) {
            Ok(report) => report.problems.iter().for_each(|problem| tracing::warn!("{problem}")),
            Err(error) => tracing::warn!("the built site could not be read; its articles stay as they were: {error}"),
        }
    }
    let bar = bar();
    let scope = if args.full { Scope::Full } else { Scope::Changes };
    let outcome = generator.run(scope, &|done, all| step(&bar, done, all))?;
    bar.finish_and_clear();
    match (outcome.files, args.full) {
        _ if args.json => output::json(&json!({ "files": outcome.files, "articles": paths(&outcome.articles) }))?,
        (0, false) => output::line("Nothing has changed since the last run. `--full` compares every file with the database.")?,
        (0, true) => output::line("Every file is as the database says.")?,
        (files, _) => output::line(format_args!("{} written or removed.", counted(files, "file", "files")))?,
    }
    if let Some(on_change) = assemble::on_change(config, &store) {
        on_change.run_now(&outcome)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn paths(articles: &BTreeSet<ArticlePath>) -> Vec<&str> {
    articles.iter().map(ArticlePath::as_str).collect()
}

fn check(generator: &Generator, as_json: bool) -> anyhow::Result<ExitCode> {
    let bar = bar();
    let mut printed = Ok(());
    let mut differs = false;
    let mut listed = Vec::new();
    generator.check(CATCH_UP_TIMEOUT, &|done, all| step(&bar, done, all), &mut |difference| {
        differs = true;
        if as_json {
            listed.push(json!({ "file": difference.file, "is": difference.kind.as_str() }));
        } else if printed.is_ok() {
            printed = bar.suspend(|| output::line(&difference));
        }
    })?;
    bar.finish_and_clear();
    printed?;
    if as_json {
        output::json(&listed.into())?;
    } else if !differs && std::io::stdout().is_terminal() {
        output::line("Nothing differs.")?;
    }
    Ok(if differs { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Returns a progress bar, which is drawn only on a terminal.
fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} articles, {eta} left");
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn step(bar: &ProgressBar, done: usize, all: usize) {
    bar.set_length(all as u64);
    bar.set_position(done as u64);
}
