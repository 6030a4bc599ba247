use std::process::ExitCode;

use anyhow::{Context, ensure};
use ardoise_model::{ArticlePath, Comment, Status};
use ardoise_store::Store;

use crate::config::Config;
use crate::{assemble, output};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// List comments with another status: approved, rejected, spam, deleted
    #[arg(long, default_value = "pending")]
    status: Status,
    /// List only comments on this article: its path or its URL
    #[arg(long, value_name = "PATH")]
    article: Option<String>,
    /// The most comments to list, the oldest first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let store = assemble::store(config)?;
    let article = args.article.as_deref().map(|typed| known_article(&store, typed, config)).transpose()?;
    let mut comments = store.comments(args.status)?;
    comments.retain(|comment| article.as_ref().is_none_or(|article| comment.article == *article));
    let found = comments.len();
    comments.truncate(args.limit.map_or(found, |limit| limit as usize));
    if args.json {
        output::json(&comments.iter().map(output::comment).collect())?;
    } else if comments.is_empty() {
        let on = article.map(|article| format!(" on {article}")).unwrap_or_default();
        eprintln!("No comment{on} is {}.", args.status);
    } else {
        let row = |comment: &Comment| {
            let text = output::excerpt(&comment.text, 80);
            vec![comment.id.to_string(), output::local(comment.created_at), comment.article.to_string(), comment.author.clone(), text]
        };
        output::list(&["id", "date", "article", "author", "text"], &comments.iter().map(row).collect::<Vec<_>>())?;
        if comments.len() < found {
            eprintln!("{} more: --limit {} was given.", found - comments.len(), comments.len());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the known article with this path or URL.
fn known_article(store: &Store, typed: &str, config: &Config) -> anyhow::Result<ArticlePath> {
    let path = ArticlePath::parse(typed, &config.site.origin).with_context(|| format!("--article {typed:?}"))?;
    ensure!(
        store.facts(&path, None)?.article.is_some(),
        "--article {typed:?}: there is no article {path}; `ardoise catalogue` lists those that there are"
    );
    Ok(path)
}
