use std::collections::BTreeMap;
use std::process::ExitCode;

use ardoise_model::{ArticlePath, Status};
use ardoise_store::{CatalogueRow, Departures};
use serde_json::json;

use crate::config::Config;
use crate::{assemble, output};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let store = assemble::store(config)?;
    let (mut rows, mut languages) = (None, BTreeMap::new());
    if let Some(catalogue) = assemble::catalogue(config, &store, &config.site.origin) {
        // Listing removes no article: a missing one may belong to a build in progress. `serve` removes it later.
        let report = catalogue.refresh(Departures::AddOnly)?;
        report.problems.iter().for_each(|problem| eprintln!("{problem}"));
        languages = report.languages;
        let missing = report.change.missing;
        rows = Some(store.catalogue()?.into_iter().filter(|row| !missing.contains(&row.entry.article.path)).collect::<Vec<_>>());
    }
    let rows = rows.map_or_else(|| store.catalogue(), Ok)?;
    if args.json {
        output::json(&rows.iter().map(|row| value(row, &languages)).collect())?;
    } else if rows.is_empty() {
        eprintln!("No article: no page of the built site carries the comment section's mark.");
    } else {
        output::list(&["article", "title", "open", "approved", "pending", "page"], &rows.iter().map(row).collect::<Vec<_>>())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn count(row: &CatalogueRow, status: Status) -> u64 {
    row.counts.get(&status).copied().unwrap_or_default()
}

fn row(row: &CatalogueRow) -> Vec<String> {
    let article = &row.entry.article;
    let open = if article.open { "yes" } else { "no" };
    let (approved, pending) = (count(row, Status::Approved).to_string(), count(row, Status::Pending).to_string());
    vec![article.path.to_string(), article.title.clone(), open.to_owned(), approved, pending, row.entry.page.clone()]
}

fn value(row: &CatalogueRow, languages: &BTreeMap<ArticlePath, String>) -> serde_json::Value {
    let article = &row.entry.article;
    json!({
        "path": article.path.as_str(),
        "title": article.title,
        "open": article.open,
        "date": article.dated_at.map(|moment| moment.to_string()),
        "closes": article.closes_at.map(|moment| moment.to_string()),
        "language": languages.get(&article.path),
        "approved": count(row, Status::Approved),
        "pending": count(row, Status::Pending),
        "page": row.entry.page,
    })
}
